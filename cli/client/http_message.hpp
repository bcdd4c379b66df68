#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/client/body_reader.hpp"
#include "common/result.hpp"

namespace notify::cli::client {

/// Reads one HTTP/1.1 answer from bytes as they come: its head by Beast, its body by BodyReader.
///
/// Threads: one at a time.
class AnswerReader {
 public:
  AnswerReader();
  ~AnswerReader();
  AnswerReader(const AnswerReader&) = delete;
  AnswerReader& operator=(const AnswerReader&) = delete;

  /// Takes bytes. kAgentUnreachable where they are not HTTP.
  Status Feed(std::string_view bytes);
  /// The connection ended, which completes a body without a length. kAgentUnreachable where it cuts
  /// one off.
  Status FeedEnd();

  bool headers_done() const;
  bool done() const { return headers_done() && body_reader_.done(); }
  bool keep_alive() const;
  int status() const;
  std::string Header(std::string_view name) const;
  /// All values of a header that may come several times.
  std::vector<std::string> Headers(std::string_view name) const;
  /// The body so far, removed from here.
  std::string TakeBody() { return std::exchange(body_, {}); }
  /// What came behind this answer, of the next one; removed from here.
  std::string TakeRest() { return std::exchange(rest_, {}); }

 private:
  struct Head;
  Status FeedHead();
  Status BeginBody();

  std::unique_ptr<Head> head_;
  BodyReader body_reader_;
  std::string rest_;
  std::string body_;
};

/// The bytes of one request; without a body those up to one that follows in chunks.
std::string RequestBytes(std::string_view method, std::string_view target,
                         const std::vector<std::pair<std::string, std::string>>& headers,
                         std::optional<std::string_view> body);

/// `bytes` as one chunk of a body; none ends it (RFC 9112 7.1).
std::string Chunk(std::string_view bytes);

}  // namespace notify::cli::client
