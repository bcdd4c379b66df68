#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "agent/async/task.hpp"
#include "common/clock.hpp"
#include "common/result.hpp"

namespace notify::agent::async {

/// Where to listen or to connect to.
struct Endpoint {
  enum class Kind { kTcp, kUnix };
  Kind kind = Kind::kTcp;
  std::string host;        ///< Address or name (TCP), path (Unix).
  std::uint16_t port = 0;  ///< TCP; 0 lets the system choose.

  /// `127.0.0.1:7800`, `[::1]:7800` or `unix:PATH`.
  std::string ToString() const;
  /// Reads the same. kInvalidArgument otherwise.
  static Result<Endpoint> Parse(std::string_view text);
};

/// Who is at the other end.
struct Peer {
  std::string address;    ///< IP address without port; `unix` for a local socket.
  bool loopback = false;  ///< From this machine, by TCP or socket.
  std::optional<std::uint32_t>
      local_uid;  ///< Uid of the process at the other end of a Unix socket.
};

/// A connected byte stream that never blocks. It holds no buffers: the caller tries, and waits
/// where nothing moved.
///
/// Lifetime: closed by Close() or its destructor, which no wait may outlive.
/// Threads:  the executor of the IoThread it lives on.
class Stream {
 public:
  enum class Direction { kRead, kWrite };

  /// Who waits for a direction. The stream calls Fire exactly once for each StartWait, in a turn of
  /// its own, also when it is closed.
  class Waiter {
   public:
    virtual void Fire(Direction direction) = 0;

   protected:
    ~Waiter() = default;
  };

  virtual ~Stream() = default;

  /// Bytes read into `buffer`; 0 at the end of the stream; nothing where none are there yet.
  /// kUnavailable where the connection is lost or closed.
  virtual Result<std::optional<std::size_t>> TryRead(std::span<char> buffer) = 0;

  /// Bytes taken of `parts`, in one system call; 0 where the other end takes none now.
  /// kUnavailable where the connection is lost or closed.
  virtual Result<std::size_t> TryWrite(std::span<const std::string_view> parts) = 0;

  /// Ends the stream in both directions and fires whoever waits. May be called more than once.
  virtual void Close() = 0;
  virtual bool closed() const = 0;

  /// Ends only what this side writes; the other end reads the end of the stream.
  virtual void ShutdownWrite() = 0;

  /// Bytes that were written and that the other end's system has not acknowledged.
  virtual std::size_t Unacknowledged() const = 0;

  virtual const Peer& peer() const = 0;

  /// Fires `waiter` when trying again can make progress, or when the stream is closed. One waiter
  /// for each direction.
  virtual void StartWait(Direction direction, Waiter* waiter) = 0;

  class WaitAwaiter final : private Waiter {
   public:
    WaitAwaiter(Stream& stream, Direction direction) : stream_(stream), direction_(direction) {}
    bool await_ready() const noexcept { return stream_.closed(); }
    template <typename P>
    void await_suspend(std::coroutine_handle<P> caller) {
      point_ = PointOf(caller);
      stream_.StartWait(direction_, this);
    }
    void await_resume() const noexcept {}

   private:
    void Fire(Direction) override { point_.ResumeHere(); }

    Stream& stream_;
    const Direction direction_;
    ResumePoint point_{};
  };

  /// `co_await stream.Readable()`: until TryRead makes progress, or the stream is closed.
  WaitAwaiter Readable() { return WaitAwaiter(*this, Direction::kRead); }
  WaitAwaiter Writable() { return WaitAwaiter(*this, Direction::kWrite); }
};

/// Reads at least one byte; 0 at the end of the stream.
Task<Result<std::size_t>> ReadSome(Stream& stream, std::span<char> buffer);

/// Writes all of `bytes`, waiting as often as it takes. `bytes` outlives the task.
Task<Status> WriteAll(Stream& stream, std::string_view bytes);

/// Accepts connections.
///
/// Lifetime: closed by Close() or its destructor, which no Accept may outlive.
/// Threads:  the executor of the IoThread it lives on.
class Listener {
 public:
  virtual ~Listener() = default;

  /// The next connection. kUnavailable after Close(); other errors (no descriptor left) may pass.
  virtual Task<Result<std::unique_ptr<Stream>>> Accept() = 0;
  virtual void Close() = 0;

  /// Where it listens, with the port that the system chose.
  virtual const Endpoint& local() const = 0;
};

}  // namespace notify::agent::async
