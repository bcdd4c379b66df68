#include "agent/pipeline/scheduled_sending.hpp"

#include <utility>

#include "common/model/rfc3339.hpp"

namespace notify::agent::pipeline {
namespace {

using schedule::ScheduledEvent;
using schedule::ScheduleStore;
using schedule::State;

std::int64_t UnixMs(Clock::WallTime time) {
  return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
}

/// Whether the event would be over by the time that it enters the log.
bool IsOver(const ScheduledEvent& event, std::int64_t now_ms) {
  EventView view;
  if (!ReadRecord(event.record, view) || view.expiresat.empty()) return false;
  const auto ends = ParseRfc3339(view.expiresat);
  return ends && UnixMs(*ends) <= now_ms;
}

EventBatch BatchOf(const std::vector<ScheduledEvent>& events) {
  EventBatch batch;
  for (const ScheduledEvent& event : events) {
    batch.offsets.push_back(static_cast<std::uint32_t>(batch.records.size()));
    batch.records += event.record;
  }
  return batch;
}

bool SameEvent(const CommittedBatch& batch, std::size_t index, const RecordIdentity& held) {
  const auto stored = ReadRecordIdentity(batch.events.Record(index));
  return stored && stored->id == held.id && stored->source == held.source &&
         stored->idempotency_key == held.idempotency_key;
}

}  // namespace

std::int64_t ScheduledSending::NowMs() const { return UnixMs(parts_.runtime.clock().WallNow()); }

async::Task<Result<ScheduledSending::Left>> ScheduledSending::Turn(TenantHandle tenant,
                                                                   bool& recovered) {
  if (!recovered) {
    if (auto found = co_await Recover(tenant); !found) co_return found.error();
    recovered = true;
  }
  Left left;
  auto due = Take(tenant, left);
  if (!due) co_return due.error();
  if (!due->empty()) {
    if (auto sent = co_await Send(tenant, std::move(*due), recovered); !sent) {
      co_return sent.error();
    }
  }
  auto state = OpenState(tenant);
  if (!state) co_return state.error();
  auto next = ScheduleStore(**state, tenant, parts_.runtime.random()).NextDue();
  if (!next) co_return next.error();
  left.next_due_ms = *next;
  co_return left;
}

async::Task<Status> ScheduledSending::Recover(TenantHandle tenant) {
  while (true) {
    auto state = OpenState(tenant);
    if (!state) co_return state.error();
    auto events = ScheduleStore(**state, tenant, parts_.runtime.random()).Processing(kTurnEvents);
    if (!events) co_return events.error();
    if (events->empty()) co_return Status();
    for (ScheduledEvent& event : *events) {
      const auto held = ReadRecordIdentity(event.record).value_or(RecordIdentity{});
      auto found = co_await parts_.log.Find(tenant, std::string(held.id), std::string(held.source));
      if (!found) co_return found.error();
      event.state = State::kPending;
      if (*found && SameEvent(*(*found)->batch, (*found)->index, held)) {
        event.state = State::kCompleted;
        event.position = {(*found)->batch->epoch,
                          Sequence{(*found)->batch->first.value + (*found)->index}};
      }
    }
    if (auto written = Write(tenant, *events); !written) co_return written;
  }
}

Result<ScheduledSending::Events> ScheduledSending::Take(const TenantHandle& tenant, Left& left) {
  auto state = OpenState(tenant);
  if (!state) return state.error();
  ScheduleStore store(**state, tenant, parts_.runtime.random());
  const std::int64_t now_ms = NowMs();
  auto due = store.Due(now_ms, kTurnEvents, kTurnBytes);
  if (!due || due->empty()) return due;
  Events taken;
  auto begun = (*state)->Transaction([&]() -> Status {
    for (ScheduledEvent& event : *due) {
      ++left.ended.events;
      left.ended.bytes += static_cast<std::int64_t>(event.record.size());
      if (!IsOver(event, now_ms)) {
        if (auto noted = store.Begin(event, now_ms); !noted) return noted;
        taken.push_back(std::move(event));
        continue;
      }
      event.state = State::kFailed;
      event.detail = "It expired before it could be sent.";
      if (auto ended = store.End(event, now_ms); !ended) return ended;
    }
    return {};
  });
  if (!begun) return begun.error();
  return taken;
}

async::Task<Status> ScheduledSending::Send(TenantHandle tenant, Events events, bool& recovered) {
  for (ScheduledEvent& event : events) event.state = State::kCompleted;
  EventBatch batch = BatchOf(events);
  auto appended = co_await parts_.own_events.AppendHeld(tenant, std::move(batch));
  if (!appended && appended.error().code == Errc::kOutcomeUnknown) {
    // Nobody knows whether the log has them: they stay on their way until it can say.
    recovered = false;
    co_return appended.error();
  }
  std::size_t fresh = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (appended && (*appended)[i].refused) {
      events[i].state = State::kFailed;
      events[i].detail = (*appended)[i].refused->detail;
    } else if (appended) {
      events[i].position = (*appended)[i].position;
      fresh += (*appended)[i].duplicate ? 0U : 1U;
    } else {
      events[i].state = State::kPending;
    }
  }
  if (appended) Count(tenant, events, fresh);
  auto written = Write(tenant, events);
  if (!written) recovered = false;
  if (!appended) co_return appended.error();
  co_return written;
}

void ScheduledSending::Count(const TenantHandle& tenant, const Events& events,
                             std::size_t fresh) const {
  parts_.metrics.events_in.For(tenant.id()).Add(fresh);
  parts_.metrics.scheduled_events_sent.For(tenant.id()).Add(fresh);
  const auto late = parts_.metrics.scheduled_events_late_seconds.For();
  const std::int64_t now_ms = NowMs();
  for (const ScheduledEvent& event : events) {
    late.Observe(std::chrono::milliseconds(now_ms - event.due_ms));
  }
}

Status ScheduledSending::Write(const TenantHandle& tenant, const Events& events) {
  auto state = OpenState(tenant);
  if (!state) return state.error();
  ScheduleStore store(**state, tenant, parts_.runtime.random());
  const std::int64_t now_ms = NowMs();
  const std::int64_t kept_ms =
      now_ms - std::chrono::duration_cast<std::chrono::milliseconds>(kKeepEnded).count();
  return (*state)->Transaction([&]() -> Status {
    for (const ScheduledEvent& event : events) {
      auto noted =
          event.state == State::kPending ? store.Return(event, now_ms) : store.End(event, now_ms);
      if (!noted) return noted;
    }
    return store.Forget(kept_ms, 2 * static_cast<std::int64_t>(kTurnEvents));
  });
}

}  // namespace notify::agent::pipeline
