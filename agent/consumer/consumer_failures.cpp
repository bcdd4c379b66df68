#include <algorithm>
#include <utility>

#include "agent/consumer/consumer.hpp"
#include "common/log.hpp"

namespace notify::agent::consumer {
namespace {

// How long what cannot be written to the dead letters (no room) waits for another try.
constexpr auto kBuryAgain = std::chrono::seconds(30);

// The record at `position`, if the log still has it.
std::optional<PageReader::Event> FindIn(const ReadPage& page, Position position) {
  for (const BatchPtr& batch : page.batches) {
    if (batch->epoch == position.epoch && batch->first <= position.sequence &&
        position.sequence <= batch->last()) {
      return PageReader::Event{batch.get(), position.sequence.value - batch->first.value, position};
    }
  }
  return std::nullopt;
}

}  // namespace

async::Task<Result<Refusal>> Consumer::Refuse(Position position) {
  Touch();
  if (closed_) co_return *closed_;
  if (position.epoch.value == 0) position.epoch = window_.cursor().epoch;
  Refusal refusal;
  if (lane_.IsInFlight(position)) {
    metrics_.refused.Add();
    ChargeRedriven(position);
    refusal.dead_lettered = !lane_.Has(position);
    refusal.redelivered = !refusal.dead_lettered;
  } else if (position.epoch == window_.cursor().epoch && window_.IsInFlight(position.sequence)) {
    bury_error_.reset();
    metrics_.refused.Add();
    refusal.dead_lettered = Charge(position.sequence);
    refusal.redelivered = !refusal.dead_lettered;
    while (IsDying(position.sequence) && !bury_error_ && !closed_) co_await buried_.Wait();
    if (closed_) co_return *closed_;
    if (bury_error_) co_return *bury_error_;
  }
  Wake();
  Arm();
  refusal.position = window_.kept().acknowledged;
  co_return refusal;
}

void Consumer::TakeBack(const Fetched& fetched, Reached reached) {
  if (closed_ || fetched.items.empty()) return;
  for (const FetchedEvent& item : fetched.items) lane_.TakeBack(item.position);
  const FetchedEvent& first = fetched.items.front();
  if (first.position.epoch == window_.cursor().epoch) {
    if (reached == Reached::kNothing && !first.redelivered) {
      window_.TakeBackUnseen(first.position.sequence, fetched.items.back().position.sequence);
    } else {
      window_.TakeBack(first.position.sequence);
    }
  }
  Wake();
  Arm();
}

bool Consumer::Charge(Sequence sequence) {
  const auto failure =
      window_.Fail(sequence, stored_.spec.max_attempts, parts_.runtime.clock().Now());
  if (failure.failures >= stored_.spec.max_attempts) {
    if (!IsDying(sequence)) dying_.push_back(sequence);
    if (!std::exchange(burying_, true)) tasks_.Spawn(Bury(shared_from_this()));
    return true;
  }
  if (auto saved = SaveIfChanged(); !saved) {
    log::Warning("An attempt of consumer {Consumer} of tenant {TenantId} is not counted: {Reason}",
                 {{"Consumer", stored_.spec.name},
                  {"TenantId", tenant_.id()},
                  {"Reason", saved.error().detail}});
  }
  return false;
}

void Consumer::ChargeRedriven(Position event) {
  const auto failed = lane_.Fail(event, parts_.runtime.clock().Now());
  const bool dead = failed.failures >= stored_.spec.max_attempts;
  if (dead) {
    lane_.Remove(event);
    metrics_.dead_lettered.Add();
  }
  auto state = State();
  if (!state) return;
  const auto noted = DeadLetterStore(**state, tenant_, parts_.runtime.random())
                         .FailedAgain(failed.id, dead, UnixMs(parts_.runtime.clock().WallNow()));
  if (!noted) {
    log::Warning("A dead letter of tenant {TenantId} is not counted: {Reason}",
                 {{"TenantId", tenant_.id()}, {"Reason", noted.error().detail}});
  }
}

async::Task<void> Consumer::Bury(std::shared_ptr<Consumer> self) {
  Consumer& me = *self;
  const async::StopHook on_stop(me.tasks_, [&me] { me.bury_again_.Notify(); });
  while (!me.dying_.empty() && !me.closed_ && !me.tasks_.stopping()) {
    const Sequence sequence = me.dying_.front();
    const auto buried = co_await me.BuryOne(sequence);
    if (buried) {
      std::erase(me.dying_, sequence);
    } else {
      log::Warning(
          "Consumer {Consumer} of tenant {TenantId} stands still, its event cannot go to the dead "
          "letters: {Reason}",
          {{"Consumer", me.stored_.spec.name},
           {"TenantId", me.tenant_.id()},
           {"Reason", buried.error().detail}});
      me.bury_error_ = buried.error();
    }
    me.buried_.Notify();
    me.Wake();
    if (!buried) co_await me.bury_again_.WaitFor(me.parts_.runtime.platform_timers(), kBuryAgain);
  }
  me.burying_ = false;
  me.buried_.Notify();
}

async::Task<Status> Consumer::BuryOne(Sequence sequence) {
  const Position event{window_.cursor().epoch, sequence};
  const Position before{event.epoch, Sequence{sequence.value - 1}};
  auto page = co_await parts_.events.Read(tenant_, before, 1);
  if (!page) co_return page.error();
  // Meanwhile it was acknowledged, or the consumer was moved.
  if (!IsDying(sequence) || closed_) co_return Status();
  DeadLetter letter;
  letter.id = DeadLetterId(tenant_.id(), stored_.spec.name, event);
  letter.consumer = stored_.spec.name;
  letter.event = event;
  letter.attempts = window_.FailuresOf(sequence);
  letter.failed_ms = UnixMs(parts_.runtime.clock().WallNow());
  letter.reason = "Not acknowledged within " + std::to_string(letter.attempts) + " attempts.";
  if (const auto found = FindIn(*page, event)) {
    EventView view;
    letter.record = found->batch->events.Record(found->index);
    letter.recorded_ms = found->batch->RecordedMs(found->index);
    if (ReadRecord(letter.record, view)) letter.type = view.type;
  } else {
    letter.reason += " The log does not have it any more.";
  }
  auto state = State();
  if (!state) co_return state.error();
  Window after = window_;
  after.MarkDead(sequence);
  auto written = (*state)->Transaction([&]() -> Status {
    DeadLetterStore letters(**state, tenant_, parts_.runtime.random());
    if (auto added = letters.Add(letter); !added) return added;
    return ConsumerStore(**state).Save(stored_.spec.name, after.kept(), used_ms_);
  });
  if (!written) co_return written;
  window_ = std::move(after);
  stored_.kept = window_.kept();
  metrics_.dead_lettered.Add();
  Measure();
  co_return Status();
}

bool Consumer::IsDying(Sequence sequence) const {
  return std::ranges::find(dying_, sequence) != dying_.end();
}

Status Consumer::LoadRetrying() {
  auto state = State();
  if (!state) return state.error();
  auto letters =
      DeadLetterStore(**state, tenant_, parts_.runtime.random()).Retrying(stored_.spec.name);
  if (!letters) return letters.error();
  for (const DeadLetter& letter : *letters) lane_.Add(letter);
  if (!letters->empty()) Wake();
  return {};
}

void Consumer::GiveBack(const DeadLetter& letter) {
  lane_.Add(letter);
  Wake();
}

void Consumer::DeadLetterGone(std::optional<Position> event) {
  if (event) lane_.Remove(*event);
  if (burying_) bury_again_.Notify();
}

void Consumer::Arm() {
  async::Timers& timers = parts_.runtime.platform_timers();
  timers.Cancel(timer_);
  Measure();
  if (closed_) return;
  const Clock::TimePoint now = parts_.runtime.clock().Now();
  std::optional<Clock::TimePoint> next = window_.NextDeadline();
  const auto consider = [&next](std::optional<Clock::TimePoint> moment) {
    if (moment && (!next || *moment < *next)) next = moment;
  };
  consider(lane_.NextMoment(now));
  if (!window_.MayHandOut(now)) consider(window_.not_before());
  if (next) timer_ = timers.After(*next - now, [this] { OnTimer(); });
}

void Consumer::OnTimer() {
  const Clock::TimePoint now = parts_.runtime.clock().Now();
  for (const Position event : lane_.Overdue(now)) {
    metrics_.timed_out.Add();
    ChargeRedriven(event);
  }
  if (const auto overdue = window_.Overdue(now)) {
    metrics_.timed_out.Add();
    Charge(*overdue);
  }
  Wake();
  Arm();
}

}  // namespace notify::agent::consumer
