#include "agent/ingress/live/ticker.hpp"

namespace notify::agent::ingress {

void Ticker::Add(const std::shared_ptr<LiveStream>& stream) {
  streams_.push_back(stream);
  Arm();
}

void Ticker::Remove(const std::shared_ptr<LiveStream>& stream) { std::erase(streams_, stream); }

void Ticker::Stop() {
  stopped_ = true;
  if (armed_) io_.timers().Cancel(timer_);
  armed_ = false;
}

void Ticker::Arm() {
  if (armed_ || stopped_ || streams_.empty()) return;
  armed_ = true;
  timer_ = io_.timers().After(std::chrono::seconds(1), [this] {
    armed_ = false;
    Tick();
    Arm();
  });
}

void Ticker::Tick() {
  const Clock::TimePoint now = io_.timers().clock().Now();
  // Ticks close sockets in later turns only, so the list holds still.
  for (const auto& stream : streams_) stream->Tick(now);
}

}  // namespace notify::agent::ingress
