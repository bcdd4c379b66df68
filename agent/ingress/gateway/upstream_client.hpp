#pragma once

#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "agent/ingress/gateway/upstream_reply.hpp"

namespace notify::agent::ingress {

/// One request to an upstream. The views outlive the answer.
struct UpstreamRequest {
  async::Endpoint to;
  std::string_view head;  ///< Request line and headers, with the empty line.
  std::string_view body;
  bool safe = false;      ///< GET or HEAD: may be sent again where the answer did not begin.
  bool bodyless = false;  ///< HEAD.
  Clock::Duration connect_timeout = std::chrono::seconds(2);
  Clock::Duration timeout = std::chrono::seconds(30);  ///< For everything, connecting included.
};

/// An HTTP/1.1 client of one I/O thread, with connections that are kept for the next request.
///
/// A request over a kept connection that turns out to be dead is sent once more over a new one
/// where that cannot do anything twice: nothing of it was sent, or it is safe.
///
/// Lifetime: within that of its I/O thread; outlives its answers.
/// Threads:  the executor of its I/O thread.
class UpstreamClient {
 public:
  /// Kept for each upstream; and for how long, which is less than the 5 s of Node's servers.
  static constexpr std::size_t kMaxIdle = 16;
  static constexpr Clock::Duration kIdleLimit = std::chrono::seconds(4);

  explicit UpstreamClient(async::IoThread& io) : io_(io) {}
  ~UpstreamClient() { Close(); }
  UpstreamClient(const UpstreamClient&) = delete;
  UpstreamClient& operator=(const UpstreamClient&) = delete;

  /// An answer whose head has come. Its connection goes back to the client when it goes.
  class Answer {
   public:
    ~Answer();
    Answer(const Answer&) = delete;
    Answer& operator=(const Answer&) = delete;
    UpstreamReply& operator*() { return reply_; }
    UpstreamReply* operator->() { return &reply_; }

   private:
    friend class UpstreamClient;
    Answer(UpstreamClient& client, std::unique_ptr<async::Stream> stream, const async::Endpoint& to,
           Clock::Duration timeout);
    UpstreamClient& client_;
    const std::string upstream_;
    UpstreamReply reply_;
  };

  /// Connects where no connection is kept, sends, and reads the answer's head. Errors as
  /// UpstreamReply::Begin, kUnavailable after Close.
  async::Task<Result<std::unique_ptr<Answer>>> Send(const UpstreamRequest& request);

  /// Ends all connections, also those that are in use, and refuses requests from now on.
  void Close();

  /// Connections that wait for a request, of all upstreams.
  std::size_t idle() const;

 private:
  struct Idle {
    std::unique_ptr<async::Stream> stream;
    Clock::TimePoint since;
  };

  std::unique_ptr<async::Stream> TakeIdle(const std::string& upstream);
  void Keep(const std::string& upstream, std::unique_ptr<async::Stream> stream);
  void Prune();

  async::IoThread& io_;
  std::map<std::string, std::list<Idle>> idle_;  // The newest last.
  std::set<Answer*> open_;
  async::TimerId prune_timer_;
  bool closed_ = false;
};

}  // namespace notify::agent::ingress
