#include "agent/consumer/redrive_lane.hpp"

#include <algorithm>
#include <utility>

#include "agent/consumer/window.hpp"

namespace notify::agent::consumer {

void RedriveLane::Add(const DeadLetter& letter) {
  waiting_.try_emplace(letter.event, Entry{.id = letter.id});
}

void RedriveLane::Remove(Position event) {
  const auto found = waiting_.find(event);
  if (found == waiting_.end()) return;
  Land(found->second);
  waiting_.erase(found);
}

std::optional<RedriveLane::Given> RedriveLane::Next(Clock::TimePoint now, Position up_to) const {
  for (const auto& [event, entry] : waiting_) {
    if (event > up_to) break;
    if (!entry.in_flight && now >= entry.moment) return Given{entry.id, event, entry.failures};
  }
  return std::nullopt;
}

void RedriveLane::HandOut(Position event, Clock::TimePoint deadline) {
  Entry& entry = waiting_.at(event);
  entry.in_flight = true;
  entry.moment = deadline;
  ++in_flight_;
}

void RedriveLane::Land(Entry& entry) {
  if (std::exchange(entry.in_flight, false)) --in_flight_;
  entry.moment = {};
}

void RedriveLane::TakeBack(Position event) {
  if (const auto found = waiting_.find(event); found != waiting_.end()) Land(found->second);
}

void RedriveLane::TakeBackAll() {
  for (auto& [event, entry] : waiting_) {
    if (entry.in_flight) Land(entry);
  }
}

bool RedriveLane::IsInFlight(Position event) const {
  const auto found = waiting_.find(event);
  return found != waiting_.end() && found->second.in_flight;
}

std::vector<RedriveLane::Given> RedriveLane::Acknowledge(Position event) {
  std::vector<Given> done;
  for (auto entry = waiting_.begin(); entry != waiting_.end() && entry->first <= event;) {
    if (!entry->second.in_flight) {
      ++entry;
      continue;
    }
    done.push_back({entry->second.id, entry->first, entry->second.failures});
    Land(entry->second);
    entry = waiting_.erase(entry);
  }
  return done;
}

RedriveLane::Given RedriveLane::Fail(Position event, Clock::TimePoint now) {
  Entry& entry = waiting_.at(event);
  Land(entry);
  ++entry.failures;
  entry.moment = now + Backoff(entry.failures);
  return {entry.id, event, entry.failures};
}

std::vector<Position> RedriveLane::Overdue(Clock::TimePoint now) const {
  std::vector<Position> overdue;
  for (const auto& [event, entry] : waiting_) {
    if (entry.in_flight && now >= entry.moment) overdue.push_back(event);
  }
  return overdue;
}

std::optional<Clock::TimePoint> RedriveLane::NextMoment(Clock::TimePoint now) const {
  std::optional<Clock::TimePoint> next;
  for (const auto& [event, entry] : waiting_) {
    if (!entry.in_flight && entry.moment <= now) continue;
    if (!next || entry.moment < *next) next = entry.moment;
  }
  return next;
}

}  // namespace notify::agent::consumer
