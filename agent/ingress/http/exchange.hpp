#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "agent/async/runtime.hpp"
#include "agent/ingress/http/message.hpp"

namespace notify::agent::ingress {

/// What a connection may cost before it has proven anything.
struct HttpLimits {
  std::uint64_t max_head_bytes = 16 << 10;
  std::uint64_t max_body_bytes = 8 << 20;
  Clock::Duration header_timeout = std::chrono::seconds(10);
  Clock::Duration body_timeout = std::chrono::seconds(60);
  Clock::Duration idle_timeout = std::chrono::seconds(75);
  std::size_t max_connections = 20'000;
};

/// A connection's share of `max_connections` and of its thread's load; given back when it goes.
///
/// Lifetime: within the server's.
/// Threads:  any, one at a time.
class ConnectionPlace {
 public:
  ConnectionPlace() = default;
  /// Takes over what both were raised by.
  ConnectionPlace(std::atomic<std::size_t>& all, std::atomic<std::size_t>& of_thread)
      : all_(&all), of_thread_(&of_thread) {}
  ConnectionPlace(ConnectionPlace&& other) noexcept
      : all_(std::exchange(other.all_, nullptr)), of_thread_(other.of_thread_) {}
  ConnectionPlace& operator=(ConnectionPlace&& other) noexcept {
    std::swap(all_, other.all_);
    std::swap(of_thread_, other.of_thread_);
    return *this;
  }
  ~ConnectionPlace() {
    if (all_ == nullptr) return;
    all_->fetch_sub(1, std::memory_order_relaxed);
    of_thread_->fetch_sub(1, std::memory_order_relaxed);
  }

 private:
  std::atomic<std::size_t>* all_ = nullptr;
  std::atomic<std::size_t>* of_thread_ = nullptr;
};

/// One request and its answer. A handler either responds once, or takes the stream over.
///
/// Lifetime: as the handling of the request.
/// Threads:  the executor of its I/O thread.
class Exchange {
 public:
  virtual ~Exchange() = default;

  virtual const RequestHead& head() const = 0;
  virtual const async::Peer& peer() const = 0;
  virtual async::IoThread& io() = 0;
  /// Which I/O thread this is, for state that is kept by thread.
  virtual std::size_t io_index() const = 0;

  /// Reads the whole body. kBodyTooLarge above `limit`, kTimeout where it takes too long,
  /// kInvalidArgument where its framing is wrong, kUnavailable where the connection is lost. The
  /// string has simdjson's padding behind it in its capacity.
  virtual async::Task<Result<std::string>> ReadBody(std::uint64_t limit) = 0;

  /// Reads on in the body, for one that is too large to be held: some 256 KiB, nothing at its end.
  /// Not beside ReadBody, whose errors it has; no limit but its time, which is that of each piece.
  virtual async::Task<Result<std::string>> ReadPiece() = 0;

  /// Whether the peer has ended the connection, or its side of it: nobody waits for the answer.
  /// Looks once and does not wait; for handlers that took their time.
  virtual bool PeerLeft() = 0;

  /// Writes the answer. What cannot be written any more is dropped; `not_written` is told.
  virtual async::Task<void> Respond(Response response) = 0;

  /// Instead of Respond, an answer whose length is not known: its head, its body in pieces, its end
  /// (RFC 9112 7.1). An answer without an end is cut off, which the client notices. kUnavailable
  /// where nobody takes it.
  virtual async::Task<Status> BeginAnswer(Response head) = 0;
  virtual async::Task<Status> WriteAnswer(std::string_view piece) = 0;
  virtual async::Task<Status> EndAnswer() = 0;

  /// Bytes of the answer that was written, for metrics and logs; 0 before.
  virtual std::uint64_t bytes_out() const = 0;
  virtual std::uint64_t bytes_in() const = 0;
  virtual int status() const = 0;

  /// The connection is the handler's until its task ends, which closes it: for answers that last.
  /// Bytes already read beyond the head are in `early`.
  struct Taken {
    async::Stream& stream;
    std::string early;
  };
  virtual Taken TakeStream(int status) = 0;

  /// The connection is no longer HTTP's, and outlives the request: for what lasts and shall cost
  /// nothing that HTTP needs. The new owner closes it.
  struct HandedOver {
    std::unique_ptr<async::Stream> stream;
    std::string early;
    ConnectionPlace place;
  };
  virtual HandedOver HandOver(int status) = 0;

  /// Ends the connection behind this request's answer, so that requests already sent behind it are
  /// not served.
  virtual void CloseAfterwards() = 0;
};

/// Serves requests of one I/O thread.
///
/// Lifetime: outlives the server.
/// Threads:  each I/O thread calls it for its own connections.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  /// Answers one request. `exchange` outlives the task.
  virtual async::Task<void> Handle(Exchange& exchange) = 0;
  /// A request that cannot be read at all: bad syntax, too large a head, too slow.
  virtual Response Malformed(const Error& error) = 0;
};

}  // namespace notify::agent::ingress
