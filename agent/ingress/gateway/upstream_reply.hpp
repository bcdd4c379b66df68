#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/async/runtime.hpp"
#include "agent/ingress/gateway/answer_parser.hpp"

namespace notify::agent::ingress {

/// A connection to an upstream while it is asked one thing: sends the request, parses the answer.
/// Everything must be over when `timeout` has passed since Begin.
///
/// Lifetime: one request; the stream may serve another one afterwards, see Release.
/// Threads:  the executor of its I/O thread.
class UpstreamReply {
 public:
  /// `io` outlives the reply. `upstream` is its address, for messages.
  UpstreamReply(async::IoThread& io, std::unique_ptr<async::Stream> stream, std::string upstream,
                Clock::Duration timeout);
  ~UpstreamReply();
  UpstreamReply(const UpstreamReply&) = delete;
  UpstreamReply& operator=(const UpstreamReply&) = delete;

  /// Sends `head` and `body`, which outlive the task, and reads the answer's head. `bodyless`: an
  /// answer to HEAD. kUpstreamUnreachable where the connection ends or the answer is not HTTP,
  /// kUpstreamTimeout where it takes too long.
  async::Task<Status> Begin(std::string_view head, std::string_view body, bool bodyless);

  const UpstreamHead& head() const { return head_; }
  /// Appends what comes next of the body, at most 64 KiB at once; false at its end. Errors as
  /// Begin.
  async::Task<Result<bool>> ReadMore(std::string& body);

  /// Whether not one byte of the request was taken: it may be sent again over another connection.
  bool nothing_sent() const { return sent_ == 0; }
  /// Whether the upstream answered anything at all.
  bool anything_received() const { return received_; }
  /// The stream, where it can serve another request; nothing where it cannot.
  std::unique_ptr<async::Stream> Release();
  /// Ends it now: what waits fails.
  void Abort();

 private:
  async::Task<Status> Write(std::string_view head, std::string_view body);
  async::Task<Status> Fill();
  Error Broken(std::string why) const;

  async::IoThread& io_;
  std::unique_ptr<async::Stream> stream_;
  const std::string upstream_;
  std::optional<AnswerParser> parser_;
  UpstreamHead head_;
  std::string buffer_;  // Read, not yet parsed.
  std::size_t sent_ = 0;
  bool received_ = false;
  bool ended_ = false;  // The upstream sends no more.
  bool timed_out_ = false;
  async::TimerId timer_;
};

}  // namespace notify::agent::ingress
