#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.hpp"

namespace notify::cli::client {

/// One block of a stream of server-sent events (WHATWG HTML 9.2).
struct SseMessage {
  std::string event;  ///< Empty: the default type, an event of the log.
  std::string data;   ///< Lines joined with line feeds. Empty where the block has none.
  std::string id;     ///< The last event id as of this block.
  bool has_data = false;
  bool has_id = false;  ///< Whether this block itself said the id.
};

/// Cuts a stream of bytes into messages. A block that the stream's end cuts off is never given.
/// Threads: one at a time.
class SseParser {
 public:
  /// Adds bytes and appends the messages that they complete, those with only an `id:` too.
  void Feed(std::string_view bytes, std::vector<SseMessage>& out);

  /// The wait before a new connection that the server last asked for; 0 where it did not.
  std::chrono::milliseconds retry() const { return retry_; }

 private:
  void Line(std::string_view line, std::vector<SseMessage>& out);
  void Field(std::string_view name, std::string_view value);

  std::string rest_;
  SseMessage block_;
  bool any_field_ = false;
  bool skip_line_feed_ = false;
  bool first_ = true;
  std::chrono::milliseconds retry_{0};
};

/// An open stream of server-sent events.
///
/// Threads: one at a time.
class EventSource {
 public:
  virtual ~EventSource() = default;

  /// The messages that have come; waits up to `limit` for the first bytes. kTimeout where nothing
  /// came; kInterrupted where `interrupt` (a descriptor, -1 for none) became readable;
  /// kAgentUnreachable where the stream ended.
  virtual Result<std::vector<SseMessage>> Read(std::chrono::milliseconds limit, int interrupt) = 0;

  /// As SseParser::retry.
  virtual std::chrono::milliseconds retry() const = 0;
};

}  // namespace notify::cli::client
