#include "agent/pipeline/replay_run.hpp"

#include <algorithm>
#include <utility>

#include "agent/replay/replay_store.hpp"
#include "common/log.hpp"
#include "common/model/event_parser.hpp"

namespace notify::agent::pipeline {
namespace {

using replay::State;
using Kind = replay::Target::Kind;

using namespace std::chrono_literals;

// How far a crash may set what is sent, and not stored, back.
constexpr auto kSaveEvery = 200ms;
// An attended replay whose follower is gone.
constexpr auto kUnattended = 30s;
constexpr auto kLongestNap = 5s;

std::int64_t UnixMsOf(Clock::WallTime time) {
  return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
}

}  // namespace

ReplayRun::ReplayRun(const ReplayParts& parts, const ReplayOptions& options, TenantHandle tenant,
                     replay::Replay replay)
    : parts_(parts),
      options_(options),
      tenant_(std::move(tenant)),
      replay_(std::move(replay)),
      pace_(replay_.request.pace()),
      begun_(parts.runtime.clock().Now()),
      ran_before_ms_(replay_.running_ms),
      attended_at_(begun_),
      saved_at_(begun_) {}

bool ReplayRun::WritesTo(const TenantId& tenant) const {
  return replay_.request.target.kind == Kind::kTenant &&
         replay_.request.target.name == tenant.text();
}

EventSource& ReplayRun::Source() const {
  // A copy is stored as the event was; who only sees events sees them as readers do.
  return destination_ || parts_.lifted == nullptr ? parts_.events : *parts_.lifted;
}

void ReplayRun::Ask(Stop stop) {
  // The first reason counts, but for a cancellation, which is final.
  if (stop_ == Stop::kNone || stop == Stop::kCancel) stop_ = stop;
  wake_.Notify();
}

void ReplayRun::Attend() { attended_at_ = parts_.runtime.clock().Now(); }

void ReplayRun::SetAttended(bool attended) {
  Attend();
  replay_.request.attended = attended;
  Save();
}

async::Task<void> ReplayRun::WaitForEnd(Clock::Duration limit) {
  if (!has_ended_) co_await ended_.WaitFor(parts_.runtime.platform_timers(), limit);
}

async::Task<void> ReplayRun::Run() {
  const Status outcome = co_await Go();
  Finish(outcome);
  has_ended_ = true;
  ended_.Notify();
}

bool ReplayRun::stopped() {
  const bool alone =
      replay_.request.attended && parts_.runtime.clock().Now() - attended_at_ >= kUnattended;
  if (stop_ == Stop::kNone && alone) {
    replay_.error = "Nobody followed it any more.";
    stop_ = Stop::kInterrupt;
  }
  return stop_ != Stop::kNone;
}

async::Task<Status> ReplayRun::Go() {
  const replay::Target& target = replay_.request.target;
  if (target.kind == Kind::kTenant) {
    auto opened = parts_.open(*TenantId::Parse(target.name));
    if (!opened) co_return opened.error();
    destination_ = std::move(*opened);
  } else if (replay_.request.fire_triggers) {
    destination_ = tenant_;
  }
  while (!stopped()) {
    auto page = co_await ReadPicked(Source(), tenant_, replay_.request.selection, replay_.start,
                                    replay_.position);
    if (!page) co_return page.error();
    if (page->gap) NoteGap(*page->gap);
    if (auto dealt = co_await Deal(std::move(page->events)); !dealt) co_return dealt;
    if (stop_ != Stop::kNone) break;
    replay_.position = page->after;
    over_ = page->over;
    if (over_) break;
    SaveIfDue();
  }
  co_return Status();
}

async::Task<Status> ReplayRun::Deal(Picked events) {
  for (std::size_t i = 0; i < events.size();) {
    if (stopped()) co_return Status();
    if (IsNotSent(events[i])) {
      replay_.Met(events[i].position, events[i].recorded_ms);
      replay_.position = events[i++].position;
      continue;
    }
    co_await WaitForTurn(events[i]);
    if (stopped()) co_return Status();
    std::size_t dealt = 1;
    if (!destination_) {
      due_.reset();
    } else {
      auto stored = co_await StoreSome(events, i);
      if (!stored) co_return stored.error();
      dealt = *stored;
    }
    for (std::size_t end = i + dealt; i < end; ++i) {
      if (!destination_ || replay_.request.target.kind != Kind::kTenant) {
        if (auto sent = co_await SendOne(events[i]); !sent) co_return sent;
        if (stop_ != Stop::kNone && replay_.position != events[i].position) co_return Status();
      }
      replay_.Met(events[i].position, events[i].recorded_ms);
      replay_.position = events[i].position;
    }
    SaveIfDue();
  }
  co_return Status();
}

bool ReplayRun::IsNotSent(const PickedEvent& event) {
  if (event.copy) {
    ++replay_.counts.duplicates;
    return true;
  }
  // What the agent told of another time must not be told again as if it happened now.
  if (destination_ && IsReservedType(event.View().type)) {
    ++replay_.counts.skipped;
    return true;
  }
  return false;
}

Clock::TimePoint ReplayRun::DueOf(const PickedEvent& event) {
  if (!due_) due_ = pace_.Next(parts_.runtime.clock().Now(), event.recorded_ms);
  return *due_;
}

async::Task<void> ReplayRun::WaitForTurn(const PickedEvent& event) {
  while (!stopped()) {
    const Clock::Duration wait = DueOf(event) - parts_.runtime.clock().Now();
    if (wait <= Clock::Duration::zero()) co_return;
    SaveIfDue();
    co_await Pause(wait);
  }
}

async::Task<void> ReplayRun::Pause(Clock::Duration delay) {
  const Clock::TimePoint end = parts_.runtime.clock().Now() + delay;
  while (!stopped()) {
    const Clock::Duration left = end - parts_.runtime.clock().Now();
    if (left <= Clock::Duration::zero()) co_return;
    co_await wake_.WaitFor(parts_.runtime.platform_timers(),
                           std::min<Clock::Duration>(left, kLongestNap));
  }
}

void ReplayRun::NoteGap(const Gap& gap) {
  if (replay_.gaps.size() < replay::Replay::kMostGaps) replay_.gaps.push_back(gap);
  if (replay_.position == replay_.start) replay_.start = gap.resumed_after;
}

void ReplayRun::SaveIfDue() {
  if (parts_.runtime.clock().Now() - saved_at_ >= kSaveEvery) Save();
}

void ReplayRun::Save() {
  const Clock& clock = parts_.runtime.clock();
  saved_at_ = clock.Now();
  replay_.running_ms =
      ran_before_ms_ +
      std::chrono::duration_cast<std::chrono::milliseconds>(saved_at_ - begun_).count();
  replay_.updated_ms = UnixMsOf(clock.WallNow());
  auto state = parts_.databases.Open(tenant_, replay::ReplayStore::kSchema);
  Status saved = state
                     ? replay::ReplayStore(**state, tenant_, parts_.runtime.random()).Save(replay_)
                     : Status(state.error());
  if (saved) return;
  log::Warning(
      "The position of replay {Replay} of tenant {TenantId} is not saved: {Reason}",
      {{"Replay", replay_.token}, {"TenantId", tenant_.id()}, {"Reason", saved.error().detail}});
}

void ReplayRun::Finish(const Status& outcome) {
  if (over_) {
    replay_.state = State::kCompleted;
  } else if (stop_ == Stop::kCancel) {
    replay_.state = State::kCancelled;
  } else if (stop_ != Stop::kAgentEnds || replay_.request.attended) {
    replay_.state = State::kInterrupted;
    if (!outcome && stop_ == Stop::kNone) replay_.error = outcome.error().detail;
  }
  // What nobody attends to stays running when the agent ends: it goes on when the agent does.
  Save();
}

}  // namespace notify::agent::pipeline
