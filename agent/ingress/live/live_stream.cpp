#include "agent/ingress/live/live_stream.hpp"

#include <utility>

namespace notify::agent::ingress {

LiveStream::LiveStream(async::Stream& stream, async::IoThread& io, Outbox& outbox,
                       Clock::Duration send_timeout)
    : stream_(stream), io_(io), outbox_(outbox), send_timeout_(send_timeout) {}

void LiveStream::Send() {
  if (writing_ || finished_) return;
  while (!outbox_.empty() && WriteOnce()) {
  }
  if (lost_) return;
  if (outbox_.empty()) return OnEmpty();
  if (stream_.closed()) return;
  writing_ = true;
  stuck_since_ = io_.timers().clock().Now();
  // No coroutine waits: many sockets may be full at the same time.
  stream_.StartWait(async::Stream::Direction::kWrite, this);
  OnFull();
}

void LiveStream::Fire(async::Stream::Direction direction) {
  if (direction == async::Stream::Direction::kRead) {
    OnReadable();
  } else {
    OnWritable();
  }
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
  // Whoever waits for the socket is not stuck while it takes something.
  if (*taken > 0 && writing_) stuck_since_ = io_.timers().clock().Now();
  return *taken > 0;
}

void LiveStream::OnWritable() {
  if (!stream_.closed() && !lost_) {
    while (!outbox_.empty() && WriteOnce()) {
    }
    if (full_ && outbox_.HasPlenty() && !lost_) {
      full_ = false;
      OnRoom();
    }
  }
  if (!outbox_.empty() && !lost_ && !stream_.closed()) {
    stream_.StartWait(async::Stream::Direction::kWrite, this);
    return;
  }
  writing_ = false;
  stopped_.Notify();
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
  while (writing_) co_await stopped_.Wait();
  finished_ = true;
}

}  // namespace notify::agent::ingress
