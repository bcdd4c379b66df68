#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "agent/async/runtime.hpp"
#include "agent/async/task_group.hpp"
#include "agent/ingress/live/outbox.hpp"

namespace notify::agent::ingress {

/// The writing side of a long connection: what is queued leaves at once where the socket takes it,
/// else when it does. A socket that takes nothing for too long is closed.
///
/// Lifetime: shared with what is posted for it; `stream` is not touched after Finish().
/// Threads:  its I/O thread.
class LiveStream : public std::enable_shared_from_this<LiveStream> {
 public:
  struct Limits {
    std::size_t queue_bytes = 1 << 20;
    Clock::Duration send_timeout = std::chrono::seconds(10);
  };

  /// Both outlive Finish().
  LiveStream(async::Stream& stream, async::IoThread& io, Limits limits);
  virtual ~LiveStream() = default;
  LiveStream(const LiveStream&) = delete;
  LiveStream& operator=(const LiveStream&) = delete;

  Outbox& outbox() { return outbox_; }
  /// Writes what waits; starts to wait for the socket where it does not take all.
  void Send();
  /// Called about once a second.
  virtual void Tick(Clock::TimePoint now);
  /// Closes the socket in a turn of its own, so that nobody is resumed inside a fan-out.
  void CloseSoon();

  bool finished() const { return finished_; }
  std::uint64_t bytes_out() const { return bytes_out_; }

 protected:
  /// The socket took enough that events are worth reading again.
  virtual void OnRoom() {}
  /// The socket takes nothing; it is closed after this returns.
  virtual void OnStuck() {}

  /// Closes the socket and waits for the writer; the last thing that the owner awaits.
  async::Task<void> Finish();

  async::Stream& stream_;
  async::IoThread& io_;

 private:
  async::Task<void> WriteWhenTaken();
  /// False where nothing more can be written now.
  bool WriteOnce();

  const Limits limits_;
  Outbox outbox_;
  async::TaskGroup tasks_;
  bool writing_ = false;
  bool lost_ = false;
  bool finished_ = false;
  bool full_ = false;  // Had no room since OnRoom was last called.
  Clock::TimePoint stuck_since_{};
  std::uint64_t bytes_out_ = 0;
};

}  // namespace notify::agent::ingress
