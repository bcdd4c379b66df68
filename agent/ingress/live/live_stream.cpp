#include "agent/ingress/live/live_stream.hpp"

#include <utility>

namespace notify::agent::ingress {

LiveStream::LiveStream(async::Stream& stream, async::IoThread& io, Outbox& outbox,
                       Clock::Duration send_timeout)
    : stream_(stream),
      io_(io),
      outbox_(outbox),
      send_timeout_(send_timeout),
      tasks_(io.executor()) {}

void LiveStream::Send() {
  if (writing_ || finished_) return;
  while (!outbox_.empty() && WriteOnce()) {
  }
  if (lost_) return;
  if (outbox_.empty()) return OnEmpty();
  writing_ = true;
  stuck_since_ = io_.timers().clock().Now();
  tasks_.Spawn(WriteWhenTaken());
}

bool LiveStream::WriteOnce() {
  if (lost_) return false;
  if (!outbox_.HasRoom()) full_ = true;
  const auto taken = outbox_.WriteTo(stream_);
  if (!taken) {
    lost_ = true;
    outbox_.Clear();
    CloseSoon();
    return false;
  }
  bytes_out_ += *taken;
  if (*taken > 0) stuck_since_ = io_.timers().clock().Now();
  return *taken > 0;
}

async::Task<void> LiveStream::WriteWhenTaken() {
  while (!outbox_.empty() && !lost_ && !stream_.closed()) {
    co_await stream_.Writable();
    if (stream_.closed()) break;
    while (!outbox_.empty() && WriteOnce()) {
    }
    if (full_ && outbox_.HasPlenty() && !lost_) {
      full_ = false;
      OnRoom();
    }
  }
  writing_ = false;
  if (outbox_.empty() && !lost_) OnEmpty();
}

void LiveStream::Abandon() {
  lost_ = true;
  CloseSoon();
}

void LiveStream::Tick(Clock::TimePoint now) {
  if (!writing_ || lost_ || now - stuck_since_ < send_timeout_) return;
  lost_ = true;
  OnStuck();
  CloseSoon();
}

void LiveStream::CloseSoon() {
  io_.executor().Post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self && !self->finished_) self->stream_.Close();
  });
}

async::Task<void> LiveStream::Finish() {
  stream_.Close();
  co_await tasks_.Stop();
  finished_ = true;
}

}  // namespace notify::agent::ingress
