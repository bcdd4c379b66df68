#include "agent/pipeline/delivery.hpp"

#include <algorithm>
#include <utility>

#include "agent/pipeline/delivery_plan.hpp"
#include "agent/trigger/trigger_store.hpp"
#include "common/failpoint.hpp"
#include "common/log.hpp"

namespace notify::agent::pipeline {
namespace {

using delivery::Delivery;
using delivery::DeliveryQueue;
using delivery::State;

constexpr std::size_t kPageBytes = 256 * 1024;
constexpr std::size_t kMostReports = 512;
constexpr auto kKeepEnded = std::chrono::hours(24 * 7);
constexpr std::int64_t kForgetAtOnce = 256;
tracking::Fact EndOf(const Delivery& delivery) {
  return {.delivery = delivery.id,
          .notification = delivery.notification,
          .rule = delivery.rule,
          .rule_version = delivery.rule_version,
          .event = delivery.event,
          .channel = delivery.channel,
          .recipient = delivery.recipient,
          .status = std::string(StateName(delivery.state)),
          .attempts = delivery.attempts,
          .retries = delivery.retries,
          .detail = delivery.last_error,
          .depth = delivery.depth,
          .correlationid = delivery.correlationid,
          .userid = delivery.userid,
          .replay = delivery.replay,
          .replay_of = delivery.replay_of};
}

std::vector<OwnEvent> ToTell(const Plan& plan, const std::vector<Delivery>& ended) {
  std::vector<OwnEvent> events;
  for (const Delivery& delivery : ended) events.push_back(tracking::EndedEvent(EndOf(delivery)));
  for (const PlannedDelivery& planned : plan.deliveries) {
    events.push_back(tracking::CreatedEvent(planned.created));
  }
  return events;
}

}  // namespace

std::int64_t UnixMs(Clock::WallTime time) {
  return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
}

Result<store::Database*> OpenState(store::TenantDatabases& databases, const TenantHandle& tenant) {
  for (const store::StageSchema* schema :
       {&trigger::TriggerStore::kSchema, &render::TemplateStore::kSchema}) {
    if (auto opened = databases.Open(tenant, *schema); !opened) return opened;
  }
  return databases.Open(tenant, DeliveryQueue::kSchema);
}

async::Task<Result<TurnResult>> DeliveryStages::Turn(TenantWork& work) {
  if (auto loaded = Load(work); !loaded) co_return loaded.error();

  // delivery: how attempts ended comes first, because it cannot be found out again.
  if (auto written = WriteOutcomes(work); !written) co_return written.error();

  // eventlog: the next page behind the cursor, at most one ahead.
  auto page = co_await ReadNext(work);
  if (!page) co_return page.error();

  // trigger, routing, render: what the page starts, decided by the events and the rules alone.
  auto plan = PlanPage(parts_, options_, work, *page);
  if (!plan) co_return plan.error();
  work.behind = work.behind || !plan->whole || !page->at_head;
  if (work.queue_is_empty && plan->deliveries.empty() && plan->requests.empty()) {
    auto moved = MoveOn(work, plan->done);
    if (!moved) co_return moved.error();
    co_return TurnResult{.more = work.behind, .due = {}, .next = {}};
  }

  // tracking: what begins and what ended goes into the log before any cursor moves.
  auto state = OpenState(parts_.databases, work.tenant);
  if (!state) co_return state.error();
  DeliveryQueue queue(**state, work.tenant, parts_.runtime.random());
  auto ended = queue.Unreported(kMostReports);
  if (!ended) co_return ended.error();
  auto events = ToTell(*plan, *ended);
  if (NOTIFY_FAILPOINT(kCursorBeforeAppend)) {
    if (auto committed = Commit(work, *plan, *ended); !committed) co_return committed.error();
    plan->deliveries.clear();
    plan->requests.clear();
    ended->clear();
  }
  if (auto told = co_await Tell(work.tenant, std::move(events)); !told) co_return told.error();

  // delivery: the queue and the cursor, in one transaction.
  if (auto committed = Commit(work, *plan, *ended); !committed) co_return committed.error();

  // channel: what is due goes out; the caller starts the attempts.
  co_return FindDue(work);
}

async::Task<Status> DeliveryStages::Tell(TenantHandle tenant, std::vector<OwnEvent> events) {
  std::vector<OwnEvent> part;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    bytes += events[i].data_json.size();
    part.push_back(std::move(events[i]));
    if (bytes < kPageBytes && i + 1 < events.size()) continue;
    auto told = co_await parts_.feedback.Append(tenant, std::move(part));
    if (!told) co_return told.error();
    part.clear();
    bytes = 0;
  }
  co_return Status();
}

async::Task<Delivery> DeliveryStages::Attempt(TenantHandle tenant, Delivery delivery) {
  OutboundMessage message{.delivery_id = FirstDeliveryOf(delivery.notification),
                          .notification_json = std::move(delivery.payload.rendered),
                          .recipient = delivery.recipient,
                          .title = std::move(delivery.payload.title),
                          .body = std::move(delivery.payload.body),
                          .secret = std::move(delivery.payload.secret),
                          .attempt = delivery.attempts + 1};
  Result<Receipt> result = Fail(Errc::kNotFound, "There is no channel " + delivery.channel + ".");
  counters_.Attempted(tenant.id(), delivery.channel);
  const Clock::WallTime began = parts_.runtime.clock().WallNow();
  if (Provider* provider = parts_.channels.Find(delivery.channel)) {
    result = co_await provider->Send(tenant, std::move(message));
  }
  Settle(delivery, result, options_.retry, began, parts_.runtime.clock().WallNow(),
         parts_.runtime.random());
  co_return delivery;
}

Status DeliveryStages::Load(TenantWork& work) {
  if (work.loaded && work.rules_known) return {};
  auto state = OpenState(parts_.databases, work.tenant);
  if (!state) return state.error();
  trigger::TriggerStore rules(**state, work.tenant, parts_.runtime.random());
  if (!work.loaded) {
    auto cursor = DeliveryQueue(**state, work.tenant, parts_.runtime.random()).Cursor();
    if (!cursor) return cursor.error();
    work.cursor = work.saved_cursor = *cursor;
    work.saved_at = parts_.runtime.clock().Now();
    if (options_.install_examples) {
      // As old as the tenant, so that its first event is not older than they are.
      const Clock::WallTime born{std::chrono::milliseconds(work.tenant.record().created_ms)};
      auto installed = rules.InstallWhereNone(trigger::ExampleTriggers(), born);
      if (!installed) return installed.error();
    }
    work.loaded = true;
  }
  if (!work.rules_known) {
    auto all = rules.List();
    if (!all) return all.error();
    work.rules = std::move(*all);
    work.rules_known = true;
  }
  return {};
}

Status DeliveryStages::WriteOutcomes(TenantWork& work) {
  if (work.outcomes.empty()) return {};
  work.queue_is_empty = false;
  auto state = OpenState(parts_.databases, work.tenant);
  if (!state) return state.error();
  DeliveryQueue queue(**state, work.tenant, parts_.runtime.random());
  auto written = (*state)->Transaction([&]() -> Status {
    for (const Delivery& outcome : work.outcomes) {
      if (auto recorded = queue.Record(outcome); !recorded) return recorded;
    }
    return {};
  });
  if (!written) return written;
  for (const Delivery& outcome : work.outcomes) work.in_flight.erase(outcome.id);
  work.outcomes.clear();
  return {};
}

async::Task<Result<ReadPage>> DeliveryStages::ReadNext(TenantWork& work) {
  if (!work.behind) {
    ReadPage nothing;
    nothing.after = work.cursor;
    nothing.at_head = true;
    co_return nothing;
  }
  work.behind = false;
  auto page = co_await parts_.events.Read(work.tenant, work.cursor, kPageBytes);
  if (!page) {
    work.behind = true;
    co_return page.error();
  }
  if (page->gap) {
    log::Warning("Events of tenant {TenantId} started no notification: {Gap}",
                 {{"TenantId", work.tenant.id()}, {"Gap", GapJson(*page->gap)}});
  }
  co_return page;
}

Status DeliveryStages::ForgetOld(DeliveryQueue& queue) {
  return queue.Forget(UnixMs(parts_.runtime.clock().WallNow() - kKeepEnded), kForgetAtOnce);
}

Status DeliveryStages::MoveOn(TenantWork& work, Position done) {
  work.cursor = done;
  const Clock::TimePoint now = parts_.runtime.clock().Now();
  if (work.cursor == work.saved_cursor) return {};
  const bool same_log = work.saved_cursor.epoch == done.epoch;
  if (work.saved_at && now - *work.saved_at < kSaveEvery && same_log &&
      done.sequence.value - work.saved_cursor.sequence.value < kSaveEvents) {
    return {};
  }
  auto state = OpenState(parts_.databases, work.tenant);
  if (!state) return state.error();
  DeliveryQueue queue(**state, work.tenant, parts_.runtime.random());
  auto saved = (*state)->Transaction([&]() -> Status {
    if (auto forgotten = ForgetOld(queue); !forgotten) return forgotten;
    return queue.MoveCursor(work.cursor);
  });
  if (!saved) return saved;
  work.saved_cursor = work.cursor;
  work.saved_at = now;
  return {};
}

Status DeliveryStages::Commit(TenantWork& work, const Plan& plan,
                              const std::vector<Delivery>& ended) {
  const bool quiet = plan.deliveries.empty() && plan.requests.empty() && ended.empty();
  if (quiet) return MoveOn(work, plan.done);
  work.cursor = plan.done;
  auto state = OpenState(parts_.databases, work.tenant);
  if (!state) return state.error();
  DeliveryQueue queue(**state, work.tenant, parts_.runtime.random());
  auto written = (*state)->Transaction([&]() -> Status {
    for (const Delivery& delivery : ended) {
      if (auto marked = queue.MarkReported(delivery.id); !marked) return marked;
    }
    for (const PlannedDelivery& planned : plan.deliveries) {
      if (auto added = queue.Add(planned.row); !added) return added;
    }
    for (const std::string& request : plan.requests) {
      if (auto dropped = queue.DropSecret(request); !dropped) return dropped;
    }
    if (auto forgotten = ForgetOld(queue); !forgotten) return forgotten;
    return queue.MoveCursor(work.cursor);
  });
  if (!written) {
    // The events are in the log; reading the page again repeats them as duplicates.
    work.cursor = work.saved_cursor;
    work.behind = true;
    return written;
  }
  work.saved_cursor = work.cursor;
  work.saved_at = parts_.runtime.clock().Now();
  for (const Delivery& delivery : ended) {
    counters_.Ended(work.tenant.id(), StateName(delivery.state));
  }
  return {};
}

Result<TurnResult> DeliveryStages::FindDue(TenantWork& work) {
  auto state = OpenState(parts_.databases, work.tenant);
  if (!state) return state.error();
  DeliveryQueue queue(**state, work.tenant, parts_.runtime.random());
  TurnResult result;
  const std::int64_t now_ms = UnixMs(parts_.runtime.clock().WallNow());
  const std::int64_t longest =
      std::chrono::ceil<std::chrono::milliseconds>(delivery::kRetryDelays.back() * 2).count();
  for (const auto& provider : parts_.channels.all()) {
    const auto busy = std::ranges::count_if(
        work.in_flight, [&](const auto& one) { return one.second == provider->channel(); });
    auto due = queue.Due(provider->channel(), now_ms, longest, options_.in_flight_per_channel);
    if (!due) return due.error();
    std::size_t free = options_.in_flight_per_channel - static_cast<std::size_t>(busy);
    for (Delivery& delivery : *due) {
      if (free == 0) break;
      if (!work.in_flight.emplace(delivery.id, delivery.channel).second) continue;
      result.due.push_back(std::move(delivery));
      --free;
    }
  }
  auto unreported = queue.Unreported(1);
  auto next = queue.NextAttempt(now_ms);
  if (!unreported) return unreported.error();
  if (!next) return next.error();
  work.queue_is_empty =
      result.due.empty() && work.in_flight.empty() && unreported->empty() && !*next;
  result.more = work.behind || !work.outcomes.empty() || !unreported->empty();
  if (*next) result.next = std::chrono::milliseconds(**next - now_ms);
  return result;
}

}  // namespace notify::agent::pipeline
