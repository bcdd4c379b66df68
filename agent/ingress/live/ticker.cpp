#include "agent/ingress/live/ticker.hpp"

#include <algorithm>
#include <utility>

namespace notify::agent::ingress {

void Ticker::Add(std::shared_ptr<Ticking> stream) {
  streams_.push_back(std::move(stream));
  Arm();
}

void Ticker::Remove(const Ticking& stream) {
  const auto place = std::ranges::find(streams_, &stream, &std::shared_ptr<Ticking>::get);
  if (place == streams_.end()) return;
  // Their order means nothing.
  std::swap(*place, streams_.back());
  streams_.pop_back();
}

void Ticker::Stop() {
  stopped_ = true;
  if (armed_) io_.timers().Cancel(timer_);
  armed_ = false;
}

void Ticker::Arm() {
  if (armed_ || stopped_ || streams_.empty()) return;
  armed_ = true;
  armed_at_ = io_.timers().clock().Now();
  timer_ = io_.timers().After(std::chrono::seconds(1), [this] {
    armed_ = false;
    Tick();
    Arm();
  });
}

void Ticker::Tick() {
  const Clock::TimePoint now = io_.timers().clock().Now();
  // Ticks close sockets in later turns only, so the list holds still.
  for (const auto& stream : streams_) {
    if (stream->due() <= now) stream->Tick(now);
  }
}

}  // namespace notify::agent::ingress
