#include "agent/consumer/window.hpp"

#include <algorithm>
#include <utility>

namespace notify::agent::consumer {

Clock::Duration Backoff(int failures) {
  constexpr auto kLongest = std::chrono::seconds(60);
  const auto doubled = std::chrono::seconds(1LL << std::clamp(failures - 1, 0, 6));
  return std::min<Clock::Duration>(doubled, kLongest);
}

Window::Window(Kept kept) : kept_(std::move(kept)), cursor_(kept_.acknowledged) {
  for (const auto& [sequence, mark] : kept_.marks) {
    if (!mark.dead) suspect_until_ = kept_.handed.sequence.value;
  }
}

bool Window::IsDead(Sequence sequence) const {
  const auto mark = kept_.marks.find(sequence.value);
  return mark != kept_.marks.end() && mark->second.dead;
}

bool Window::IsInFlight(Sequence sequence) const {
  return std::ranges::binary_search(in_flight_, sequence, {}, &InFlight::sequence);
}

int Window::FailuresOf(Sequence sequence) const {
  const auto mark = kept_.marks.find(sequence.value);
  return mark == kept_.marks.end() ? 0 : mark->second.failures;
}

void Window::Skip(Position position) {
  cursor_ = std::max(cursor_, position);
  Settle();
}

bool Window::HandOut(Position position, Clock::TimePoint deadline) {
  const bool before = position <= kept_.handed;
  cursor_ = position;
  kept_.handed = std::max(kept_.handed, position);
  in_flight_.push_back({position.sequence, deadline});
  Settle();
  return before;
}

void Window::BeginAfter(const Gap& gap) {
  if (gap.reason == Gap::Reason::kEpoch || gap.reason == Gap::Reason::kAhead) {
    // Another log, or one that lost its end: what was known is of other events.
    kept_.handed = gap.resumed_after;
    kept_.marks.clear();
    suspect_until_ = 0;
  }
  Gap told = gap;
  if (kept_.gap) {
    // Nobody has acknowledged anything behind the one before: both are told as one.
    told.requested = kept_.gap->requested;
    told.missed = kept_.gap->missed && gap.missed ? std::optional(*kept_.gap->missed + *gap.missed)
                                                  : std::nullopt;
  }
  kept_.gap = told;
  in_flight_.clear();
  not_before_ = {};
  cursor_ = gap.resumed_after;
  Settle();
}

std::size_t Window::Acknowledge(Position position) {
  std::size_t count = 0;
  while (!in_flight_.empty() && in_flight_.front().sequence <= position.sequence) {
    in_flight_.pop_front();
    ++count;
  }
  cursor_ = std::max(cursor_, position);
  kept_.handed = std::max(kept_.handed, position);
  if (failed_ <= position.sequence.value) not_before_ = {};
  if (kept_.gap && position >= kept_.gap->resumed_after) kept_.gap.reset();
  Settle();
  return count;
}

Window::Failure Window::Fail(Sequence sequence, int most, Clock::TimePoint now) {
  Mark& mark = kept_.marks[sequence.value];
  ++mark.failures;
  failed_ = sequence.value;
  not_before_ = mark.failures < most ? now + Backoff(mark.failures) : now;
  suspect_until_ = kept_.handed.sequence.value;
  const Failure failure{sequence, mark.failures};
  Rewind();
  return failure;
}

std::optional<Sequence> Window::Overdue(Clock::TimePoint now) const {
  if (in_flight_.empty() || now < in_flight_.front().deadline) return std::nullopt;
  return in_flight_.front().sequence;
}

std::optional<Clock::TimePoint> Window::NextDeadline() const {
  if (in_flight_.empty()) return std::nullopt;
  return in_flight_.front().deadline;
}

void Window::MarkDead(Sequence sequence) {
  kept_.marks[sequence.value].dead = true;
  if (cursor_.sequence.value + 1 == sequence.value) Skip({cursor_.epoch, sequence});
}

void Window::Rewind() {
  in_flight_.clear();
  cursor_ = kept_.acknowledged;
}

bool Window::TakeBack(Sequence first) {
  if (!IsInFlight(first)) return false;
  while (!in_flight_.empty() && in_flight_.back().sequence >= first) in_flight_.pop_back();
  cursor_.sequence.value = first.value - 1;
  return true;
}

void Window::TakeBackUnseen(Sequence first, Sequence last) {
  const bool nothing_behind = !in_flight_.empty() && in_flight_.back().sequence == last;
  if (TakeBack(first) && nothing_behind) kept_.handed = cursor_;
}

void Window::Settle() {
  kept_.acknowledged = cursor_;
  if (!in_flight_.empty()) {
    kept_.acknowledged.sequence.value = in_flight_.front().sequence.value - 1;
  }
  std::erase_if(kept_.marks, [this](const auto& mark) {
    return mark.first <= kept_.acknowledged.sequence.value;
  });
}

}  // namespace notify::agent::consumer
