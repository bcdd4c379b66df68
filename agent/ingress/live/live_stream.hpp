#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "agent/async/runtime.hpp"
#include "agent/async/signal.hpp"
#include "agent/ingress/live/outbox.hpp"
#include "agent/ingress/live/ticker.hpp"

namespace notify::agent::ingress {

/// The writing side of a long connection: what is queued leaves at once where the socket takes it,
/// else when it does. A socket that takes nothing for too long is closed.
///
/// Lifetime: shared with what is posted for it; `stream` is not touched after Finish().
/// Threads:  its I/O thread.
class LiveStream : public Ticking,
                   public std::enable_shared_from_this<LiveStream>,
                   protected async::Stream::Waiter {
 public:
  /// All outlive Finish(). `outbox` is what is written.
  LiveStream(async::Stream& stream, async::IoThread& io, Outbox& outbox,
             Clock::Duration send_timeout);
  LiveStream(const LiveStream&) = delete;
  LiveStream& operator=(const LiveStream&) = delete;

  /// Writes what waits; starts to wait for the socket where it does not take all.
  void Send();
  void Tick(Clock::TimePoint now) override;
  /// Closes the socket in a turn of its own, so that nobody is resumed inside a fan-out.
  void CloseSoon();

  bool finished() const { return finished_; }
  /// Whether something waits for the socket.
  bool writing() const { return writing_; }
  std::uint64_t bytes_out() const { return bytes_out_; }

 protected:
  /// The socket took enough that events are worth reading again.
  virtual void OnRoom() {}
  /// The socket does not take all that it is given: Tick() is needed now.
  virtual void OnFull() {}
  /// The socket takes nothing; it is closed after this returns.
  virtual void OnStuck() {}
  /// Everything that waited has left.
  virtual void OnEmpty() {}
  /// There is something to read, or the end: of a StartWait that the owner began.
  virtual void OnReadable() {}

  /// Writes nothing any more, whatever the outbox holds, and closes the socket.
  void Abandon();

  /// Closes the socket and waits for the writer; the last thing that the owner awaits.
  async::Task<void> Finish();

  async::Stream& stream_;
  async::IoThread& io_;

 private:
  void Fire(async::Stream::Direction direction) override;
  void OnWritable();
  /// False where nothing more can be written now.
  bool WriteOnce();

  Outbox& outbox_;
  const Clock::Duration send_timeout_;
  async::Signal stopped_;  // It does not wait for the socket any more.
  bool writing_ = false;
  bool lost_ = false;
  bool finished_ = false;
  bool full_ = false;  // Had no room since OnRoom was last called.
  Clock::TimePoint stuck_since_{};
  std::uint64_t bytes_out_ = 0;
};

}  // namespace notify::agent::ingress
