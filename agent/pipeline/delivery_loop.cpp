#include "agent/pipeline/delivery_loop.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/delivery/delivery_queue.hpp"
#include "common/log.hpp"

namespace notify::agent::pipeline {
namespace {

// How long a tenant stays in the set of those with unfinished work after its last event: entering
// and leaving costs a sync each.
constexpr auto kLinger = std::chrono::seconds(5);
constexpr auto kLongestPause = std::chrono::seconds(30);

}  // namespace

struct DeliveryLoop::Entry {
  explicit Entry(TenantHandle tenant) : work(std::move(tenant)) {}

  TenantWork work;
  bool queued = false;
  bool running = false;
  bool again = false;      // Something came during the turn.
  bool lingering = false;  // Nothing is left; the timer ends the entry.
  bool let_go = false;
  std::size_t attempts = 0;  // Under way.
  int failures = 0;          // In a row.
  async::TimerId timer;
  async::Signal ended;  // A turn or an attempt ended.
};

DeliveryLoop::DeliveryLoop(DeliveryParts parts, DeliveryOptions options)
    : parts_(parts), options_(options), stages_(parts, options), tasks_(parts.runtime.platform()) {}

DeliveryLoop::~DeliveryLoop() = default;

DeliveryLoop::Entry& DeliveryLoop::EntryOf(const TenantHandle& tenant) {
  auto& entry = entries_[tenant.id()];
  if (entry == nullptr) {
    entry = std::make_unique<Entry>(tenant);
    parts_.unfinished.Add(tenant);
  }
  return *entry;
}

void DeliveryLoop::HeadMoved(const TenantHandle& tenant, Position) {
  if (!tasks_.stopping()) Wake(tenant);
}

void DeliveryLoop::Resume(const std::vector<TenantHandle>& tenants) {
  for (const TenantHandle& tenant : tenants) Kick(tenant);
}

async::Task<Result<std::vector<HeldEvents>>> DeliveryLoop::HeldBy(TenantHandle tenant) {
  async::CallOn here(parts_.runtime.platform(), [&]() -> Result<std::vector<HeldEvents>> {
    auto state = OpenState(parts_.databases, tenant);
    if (!state) return state.error();
    const auto cursor = delivery::DeliveryQueue(**state, tenant, parts_.runtime.random()).Cursor();
    if (!cursor) return cursor.error();
    // The next turn writes down where it is, so that it holds less when it is asked again.
    if (!tasks_.stopping()) {
      TenantWork& work = Wake(tenant).work;
      work.queue_is_empty = false;
      work.saved_at.reset();
    }
    return std::vector<HeldEvents>{
        {"trigger rules", *cursor, std::numeric_limits<std::int64_t>::min()}};
  });
  co_return co_await here;
}

void DeliveryLoop::Kick(const TenantHandle& tenant) {
  if (!tasks_.stopping()) Wake(tenant).work.queue_is_empty = false;
}

DeliveryLoop::Entry& DeliveryLoop::Wake(const TenantHandle& tenant) {
  Entry& entry = EntryOf(tenant);
  // The newest record counts, as long as it is of the same log.
  if (entry.work.tenant.record().epoch == tenant.record().epoch) entry.work.tenant = tenant;
  entry.work.behind = true;
  Queue(entry);
  return entry;
}

void DeliveryLoop::RulesChanged(const TenantHandle& tenant) {
  const auto found = entries_.find(tenant.id());
  if (found == entries_.end()) return;
  TenantWork& work = found->second->work;
  work.rules_known = false;
  // What was read under the rules before is not read again under these.
  work.saved_at.reset();
  Queue(*found->second);
}

std::optional<Position> DeliveryLoop::CursorOf(const TenantHandle& tenant) const {
  const auto entry = entries_.find(tenant.id());
  if (entry == entries_.end() || !entry->second->work.loaded) return std::nullopt;
  return entry->second->work.cursor;
}

void DeliveryLoop::Queue(Entry& entry) {
  if (entry.let_go || tasks_.stopping()) return;
  entry.lingering = false;
  if (entry.running) {
    entry.again = true;
  } else if (!std::exchange(entry.queued, true)) {
    ready_.push_back(&entry);
    Pump();
  }
}

void DeliveryLoop::Pump() {
  while (turns_ < options_.busy_tenants && !ready_.empty() && !tasks_.stopping()) {
    Entry& entry = *ready_.front();
    ready_.pop_front();
    entry.queued = false;
    entry.running = true;
    ++turns_;
    parts_.runtime.platform_timers().Cancel(entry.timer);
    tasks_.Spawn(RunTurn(entry));
  }
}

async::Task<void> DeliveryLoop::RunTurn(Entry& entry) {
  entry.again = false;
  auto result = co_await stages_.Turn(entry.work);
  entry.running = false;
  --turns_;
  AfterTurn(entry, std::move(result));
  entry.ended.Notify();
  Pump();
}

void DeliveryLoop::AfterTurn(Entry& entry, Result<TurnResult> result) {
  if (entry.let_go || tasks_.stopping()) return;
  if (!result) {
    entry.work.behind = true;
    AfterFailure(entry, result.error());
    return;
  }
  entry.failures = 0;
  for (delivery::Delivery& delivery : result->due) {
    ++entry.attempts;
    tasks_.Spawn(RunAttempt(entry, std::move(delivery)));
  }
  if (result->more || entry.again) {
    Queue(entry);
  } else if (entry.work.cursor != entry.work.saved_cursor) {
    Arm(entry, std::min<Clock::Duration>(kSaveEvery, result->next.value_or(kSaveEvery)));
  } else if (result->next) {
    Arm(entry, *result->next);
  } else if (Quiet(entry)) {
    entry.lingering = true;
    Arm(entry, kLinger);
  }
}

void DeliveryLoop::AfterFailure(Entry& entry, const Error& error) {
  const auto doubled = std::chrono::seconds(1 << std::min(entry.failures++, 5));
  log::Warning("Delivery of tenant {TenantId} pauses for {Seconds} s: {Reason}",
               {{"TenantId", entry.work.tenant.id()},
                {"Seconds", doubled.count()},
                {"Reason", error.detail}});
  Arm(entry, std::min<Clock::Duration>(doubled, kLongestPause));
}

async::Task<void> DeliveryLoop::RunAttempt(Entry& entry, delivery::Delivery delivery) {
  auto settled = co_await stages_.Attempt(entry.work.tenant, std::move(delivery));
  --entry.attempts;
  if (!tasks_.stopping() && !entry.let_go) {
    entry.work.outcomes.push_back(std::move(settled));
    Queue(entry);
  }
  entry.ended.Notify();
}

void DeliveryLoop::Arm(Entry& entry, Clock::Duration delay) {
  async::Timers& timers = parts_.runtime.platform_timers();
  timers.Cancel(entry.timer);
  entry.timer = timers.After(delay, [this, tenant = entry.work.tenant.id()] { OnTimer(tenant); });
}

void DeliveryLoop::OnTimer(const TenantId& tenant) {
  const auto found = entries_.find(tenant);
  if (found == entries_.end()) return;
  Entry& entry = *found->second;
  if (entry.lingering && Quiet(entry)) {
    parts_.unfinished.Remove(entry.work.tenant);
    entries_.erase(found);
  } else {
    Queue(entry);
  }
}

bool DeliveryLoop::Quiet(const Entry& entry) {
  return !entry.running && !entry.queued && !entry.work.behind && entry.attempts == 0 &&
         entry.work.outcomes.empty() && entry.work.cursor == entry.work.saved_cursor;
}

async::Task<void> DeliveryLoop::LetGo(TenantHandle tenant) {
  // A suspended tenant's notifications go on: only its requests and connections end.
  if (tenant.record().state != TenantState::kDeleting) co_return;
  const auto found = entries_.find(tenant.id());
  if (found == entries_.end()) co_return;
  Entry& entry = *found->second;
  entry.let_go = true;
  std::erase(ready_, &entry);
  parts_.runtime.platform_timers().Cancel(entry.timer);
  while (entry.running || entry.attempts > 0) co_await entry.ended.Wait();
  parts_.unfinished.Remove(entry.work.tenant);
  parts_.databases.Close(tenant);
  entries_.erase(tenant.id());
}

async::Task<void> DeliveryLoop::Stop() {
  tasks_.RequestStop();
  ready_.clear();
  for (auto& [id, entry] : entries_) parts_.runtime.platform_timers().Cancel(entry->timer);
  co_await tasks_.Stop();
}

}  // namespace notify::agent::pipeline
