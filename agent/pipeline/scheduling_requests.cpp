// What callers ask of the schedule: holding, looking up, cancelling.
#include <algorithm>
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/pipeline/scheduling.hpp"
#include "agent/pipeline/scheduling_entry.hpp"

namespace notify::agent::pipeline {
namespace {

using schedule::ScheduledEvent;
using schedule::ScheduleStore;
using schedule::State;

constexpr std::size_t kWriteEvents = 256;  // In one transaction; others have their turn between.

std::int64_t Milliseconds(Clock::Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

}  // namespace

/// One Hold under way.
struct Scheduling::Holding {
  TenantHandle tenant;
  Admission admission;
  ::notify::HeldEvents events;
  Acknowledgement& ack;
  std::uint32_t accepted = 0;
  std::optional<LogHead> head;

  std::string_view Record(std::size_t i) const { return events.batch.Record(i); }
  std::string Id(std::size_t i) const {
    return std::string(ReadRecordIdentity(Record(i)).value_or(RecordIdentity{}).id);
  }
  void Refuse(std::size_t i, Error error) {
    ack.refused.push_back({events.indices[i], std::move(error)});
  }
  void Repeat(std::size_t i, const ScheduledEvent& first) {
    std::string id(ReadRecordIdentity(first.record).value_or(RecordIdentity{}).id);
    ack.scheduled.push_back({events.indices[i], std::move(id), first.state, first.due_ms, true});
  }
};

bool Scheduling::Lives(const TenantHandle& tenant) const {
  const auto record = directory_.OfPlatform()->Tenant(tenant.id());
  return record && record->epoch == tenant.record().epoch;
}

async::Task<void> Scheduling::Hold(TenantHandle tenant, Admission admission,
                                   ::notify::HeldEvents events, Acknowledgement& ack) {
  Holding holding{std::move(tenant), std::move(admission), std::move(events), ack, 0, {}};
  async::RunOn there(parts_.runtime.platform(), HoldHere(holding));
  co_await there;
  holding.admission.Settle(holding.accepted);
}

async::Task<void> Scheduling::HoldHere(Holding& holding) {
  const std::int64_t latest_ms = NowMs() + Milliseconds(limits_.max_ahead);
  const std::size_t count = holding.events.batch.size();
  for (std::size_t begin = 0; begin < count; begin += kWriteEvents) {
    std::vector<std::size_t> open;
    for (std::size_t i = begin; i < std::min(begin + kWriteEvents, count); ++i) {
      if (holding.events.due_ms[i] <= latest_ms) {
        open.push_back(i);
        continue;
      }
      holding.Refuse(
          i, Fail(Errc::kScheduledTooFar,
                  "'scheduledat' is more than " +
                      std::to_string(Milliseconds(limits_.max_ahead) / 86'400'000) + " days away.",
                  "Schedule it nearer, or raise schedule.max_ahead."));
    }
    DropKnown(holding, open);
    if (auto asked = co_await AskTheLog(holding, open); !asked) {
      for (const std::size_t i : open) holding.Refuse(i, asked.error());
      continue;
    }
    Write(holding, open);
  }
}

void Scheduling::DropKnown(Holding& holding, std::vector<std::size_t>& open) {
  if (!Lives(holding.tenant)) return;
  auto state = sending_.OpenState(holding.tenant);
  if (!state) return;  // Write says why.
  ScheduleStore store(**state, holding.tenant, parts_.runtime.random());
  std::erase_if(open, [&](std::size_t i) {
    if (!holding.events.has_caller_id[i]) return false;
    const auto same = store.FindSame(holding.Record(i));
    if (!same || !*same) return false;
    holding.Repeat(i, **same);
    return true;
  });
}

async::Task<Status> Scheduling::AskTheLog(Holding& holding, std::vector<std::size_t>& open) {
  std::vector<std::size_t> fresh;
  for (const std::size_t i : open) {
    if (!holding.events.has_caller_id[i]) {
      fresh.push_back(i);
      continue;
    }
    if (!holding.head) {
      auto head = co_await parts_.log.Head(holding.tenant);
      if (!head) co_return head.error();
      holding.head = *head;
    }
    const auto identity = ReadRecordIdentity(holding.Record(i)).value_or(RecordIdentity{});
    auto found = co_await parts_.log.Find(holding.tenant, std::string(identity.id),
                                          std::string(identity.source));
    if (!found) co_return found.error();
    const LogHead& head = *holding.head;
    bool known = found->has_value();
    Sequence at;
    if (known) {
      const CommittedBatch& batch = *(*found)->batch;
      at.value = batch.first.value + (*found)->index;
      const auto stored = ReadRecordIdentity(batch.events.Record((*found)->index));
      // As far back as a repeated event is recognised that is not scheduled.
      known = stored && stored->idempotency_key == identity.idempotency_key &&
              batch.RecordedMs((*found)->index) >= NowMs() - head.dedupe_horizon_seconds * 1000 &&
              at.value + head.dedupe_horizon_events > head.last.value;
    }
    if (known) {
      holding.ack.epoch = head.epoch;
      holding.ack.duplicates.push_back({holding.events.indices[i], std::string(identity.id), at});
    } else {
      fresh.push_back(i);
    }
  }
  open = std::move(fresh);
  co_return Status();
}

void Scheduling::Write(Holding& holding, const std::vector<std::size_t>& open) {
  if (open.empty()) return;
  const std::size_t scheduled = holding.ack.scheduled.size();
  const std::size_t refused = holding.ack.refused.size();
  Status written = Fail(Errc::kTenantNotFound, "The tenant was just deleted.");
  Entry* entry = nullptr;
  ScheduleStore::Usage used;
  std::int64_t earliest_ms = INT64_MAX;
  if (Lives(holding.tenant)) {
    entry = &EntryOf(holding.tenant);
    written = AddAll(holding, open, *entry, used, earliest_ms);
  }
  if (!written) {
    holding.ack.scheduled.resize(scheduled);
    holding.ack.refused.resize(refused);
    for (const std::size_t i : open) holding.Refuse(i, written.error());
    if (entry != nullptr) {
      entry->counted = false;
      Queue(*entry);
    }
    return;
  }
  holding.accepted += static_cast<std::uint32_t>(used.events);
  entry->used.events += used.events;
  entry->used.bytes += used.bytes;
  entry->shown.Set(entry->used.events);
  if (entry->running || entry->queued || !entry->recovered) {
    Queue(*entry);
  } else if (used.events > 0 && !entry->suspended) {
    WakeAt(*entry, std::min(entry->due_ms.value_or(earliest_ms), earliest_ms));
  }
}

Status Scheduling::AddAll(Holding& holding, const std::vector<std::size_t>& open, Entry& entry,
                          ScheduleStore::Usage& used, std::int64_t& earliest_ms) {
  auto state = sending_.OpenState(holding.tenant);
  if (!state) return state.error();
  ScheduleStore store(**state, holding.tenant, parts_.runtime.random());
  if (!entry.counted) {
    auto counted = store.Used();
    if (!counted) return counted.error();
    entry.used = *counted;
    entry.counted = true;
  }
  const std::int64_t now_ms = NowMs();
  return (*state)->Transaction([&]() -> Status {
    for (const std::size_t i : open) {
      const auto same = store.FindSame(holding.Record(i));
      if (!same) return same.error();
      if (*same) {
        holding.Repeat(i, **same);
        continue;
      }
      // The record reaches to the end of the batch; the event is its first bytes.
      EventView view;
      const std::size_t size = ReadRecord(holding.Record(i), view).value_or(0);
      const auto bytes = static_cast<std::int64_t>(size);
      if (entry.used.events + used.events >= limits_.max_events ||
          entry.used.bytes + used.bytes + bytes > limits_.max_bytes) {
        Error error = Fail(Errc::kScheduleFull,
                           "The tenant has " + std::to_string(entry.used.events + used.events) +
                               " scheduled events, as many as it may have.",
                           "Cancel some (notifyctl event list --scheduled), or raise "
                           "schedule.max_events or schedule.max_bytes.");
        const auto next = store.NextDue();
        if (next && *next) {
          error.retry_after =
              std::chrono::milliseconds(std::max<std::int64_t>(**next - now_ms, 1000));
        }
        holding.Refuse(i, std::move(error));
        continue;
      }
      const std::int64_t due_ms = holding.events.due_ms[i];
      if (auto added = store.Add(holding.Record(i).substr(0, size), due_ms, now_ms); !added) {
        return added;
      }
      ++used.events;
      used.bytes += bytes;
      earliest_ms = std::min(earliest_ms, due_ms);
      holding.ack.scheduled.push_back(
          {holding.events.indices[i], holding.Id(i), State::kPending, due_ms, false});
    }
    return {};
  });
}

async::Task<Scheduling::Found> Scheduling::Find(TenantHandle tenant, std::string id,
                                                std::string source) {
  async::CallOn here(parts_.runtime.platform(), [&]() -> Found {
    auto state = sending_.OpenState(tenant);
    if (!state) return state.error();
    return ScheduleStore(**state, tenant, parts_.runtime.random()).Find(id, source);
  });
  co_return co_await here;
}

async::Task<Result<ScheduledEvent>> Scheduling::Cancel(TenantHandle tenant, std::string id,
                                                       std::string source) {
  async::CallOn here(parts_.runtime.platform(), [&] { return CancelHere(tenant, id, source); });
  co_return co_await here;
}

Result<ScheduledEvent> Scheduling::CancelHere(const TenantHandle& tenant, const std::string& id,
                                              const std::string& source) {
  auto state = sending_.OpenState(tenant);
  if (!state) return state.error();
  ScheduleStore store(**state, tenant, parts_.runtime.random());
  auto found = store.Find(id, source);
  if (!found) return found.error();
  if (!*found) {
    return Fail(Errc::kNotFound, "No event with the id '" + id.substr(0, 128) + "' is scheduled.",
                "notifyctl event list --scheduled");
  }
  ScheduledEvent& event = **found;
  if (event.state == State::kCancelled) return std::move(event);
  if (event.state != State::kPending) {
    return Fail(Errc::kConflict,
                event.state == State::kCompleted
                    ? "The event is sent: it is at " + event.position.ToString() + "."
                : event.state == State::kProcessing ? "The event is on its way into the log."
                                                    : "The event has failed: " + event.detail);
  }
  const auto bytes = static_cast<std::int64_t>(event.record.size());
  event.state = State::kCancelled;
  event.updated_ms = NowMs();
  if (auto ended = store.End(event, event.updated_ms); !ended) return ended.error();
  const auto entry = entries_.find(tenant.id());
  if (entry != entries_.end() && entry->second->counted) {
    --entry->second->used.events;
    entry->second->used.bytes -= bytes;
    entry->second->shown.Set(entry->second->used.events);
  }
  return std::move(event);
}

async::Task<Result<std::vector<ScheduledEvent>>> Scheduling::List(TenantHandle tenant,
                                                                  unsigned states,
                                                                  ScheduleStore::Place after,
                                                                  std::size_t limit) {
  async::CallOn here(parts_.runtime.platform(), [&]() -> Result<std::vector<ScheduledEvent>> {
    auto state = sending_.OpenState(tenant);
    if (!state) return state.error();
    return ScheduleStore(**state, tenant, parts_.runtime.random()).List(states, after, limit);
  });
  co_return co_await here;
}

async::Task<Result<Scheduling::Overview>> Scheduling::Counts(TenantHandle tenant) {
  async::CallOn here(parts_.runtime.platform(), [&]() -> Result<Overview> {
    auto state = sending_.OpenState(tenant);
    if (!state) return state.error();
    ScheduleStore store(**state, tenant, parts_.runtime.random());
    auto counts = store.Counts();
    if (!counts) return counts.error();
    auto next = store.NextDue();
    if (!next) return next.error();
    return Overview{std::move(*counts), *next};
  });
  co_return co_await here;
}

}  // namespace notify::agent::pipeline
