#include "agent/quota/fair_turns.hpp"

#include <utility>

namespace notify::agent::quota {

void FairTurns::Wait(const TenantId& tenant, Waiting waiting, Place place) {
  ++waiting_;
  Line& line = lines_[tenant];
  if (place == Place::kFirst) {
    line.waiting.push_front(waiting);
  } else {
    line.waiting.push_back(waiting);
  }
  if (!std::exchange(line.in_ring, true)) ring_.push_back(tenant);
  PostPump();
}

void FairTurns::PostPump() {
  if (std::exchange(pump_posted_, true)) return;
  executor_.Post([this] { Pump(); });
}

void FairTurns::Pump() {
  pump_posted_ = false;
  const TenantId tenant = std::move(ring_.front());
  ring_.pop_front();
  Line& line = lines_.at(tenant);
  line.deficit += kQuantum;
  while (!line.waiting.empty() && line.waiting.front().cost <= line.deficit) {
    const Waiting next = line.waiting.front();
    line.waiting.pop_front();
    --waiting_;
    line.deficit -= next.cost;
    // It may come again for its next turn at once, so the line stays until it is looked at again.
    next.point.ResumeHere();
  }
  if (line.waiting.empty()) {
    // Who has nothing to do saves nothing up.
    lines_.erase(tenant);
  } else {
    ring_.push_back(tenant);
  }
  if (!ring_.empty()) PostPump();
}

}  // namespace notify::agent::quota
