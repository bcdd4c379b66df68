#include "agent/pipeline/scheduling.hpp"

#include <algorithm>

#include "agent/pipeline/scheduling_entry.hpp"
#include "agent/tenant/handle_issuer.hpp"
#include "common/log.hpp"

namespace notify::agent::pipeline {
namespace {

using schedule::ScheduleStore;

constexpr std::size_t kBusyTenants = 8;
constexpr auto kLongestPause = std::chrono::seconds(30);

}  // namespace

Scheduling::Scheduling(ScheduledSending::Parts parts, const tenant::DirectoryPublisher& directory,
                       AuditSink& audit, ScheduleLimits limits)
    : parts_(parts),
      directory_(directory),
      audit_(audit),
      limits_(limits),
      sending_(parts),
      tasks_(parts.runtime.platform()) {}

Scheduling::~Scheduling() = default;

std::int64_t Scheduling::NowMs() const {
  return std::chrono::floor<std::chrono::milliseconds>(parts_.runtime.clock().WallNow())
      .time_since_epoch()
      .count();
}

Scheduling::Entry& Scheduling::EntryOf(const TenantHandle& tenant) {
  auto& entry = entries_[tenant.id()];
  if (entry == nullptr) {
    entry = std::make_unique<Entry>(tenant, parts_.metrics.events_scheduled.For(tenant.id()));
    // The directory's word counts: the handle can be of a moment ago.
    const auto record = directory_.OfPlatform()->Tenant(tenant.id());
    entry->suspended = record && record->state == TenantState::kSuspended;
  }
  return *entry;
}

void Scheduling::Resume(const std::vector<TenantHandle>& tenants) {
  for (const TenantHandle& tenant : tenants) Queue(EntryOf(tenant));
}

void Scheduling::Queue(Entry& entry) {
  if (entry.let_go || entry.suspended || tasks_.stopping()) return;
  if (entry.running) {
    entry.again = true;
  } else if (!std::exchange(entry.queued, true)) {
    WakeAt(entry, std::nullopt);
    ready_.push_back(&entry);
    Pump();
  }
}

void Scheduling::Pump() {
  while (turns_ < kBusyTenants && !ready_.empty() && !tasks_.stopping()) {
    Entry& entry = *ready_.front();
    ready_.pop_front();
    entry.queued = false;
    entry.running = true;
    ++turns_;
    parts_.runtime.platform_timers().Cancel(entry.retry);
    tasks_.Spawn(RunTurn(entry));
  }
}

async::Task<void> Scheduling::RunTurn(Entry& entry) {
  entry.again = false;
  if (!entry.recovered) entry.counted = false;
  const auto left = co_await sending_.Turn(entry.tenant, entry.recovered);
  entry.running = false;
  --turns_;
  entry.ended.Notify();
  AfterTurn(entry, left);
  Pump();
}

void Scheduling::AfterTurn(Entry& entry, const Result<ScheduledSending::Left>& left) {
  if (!left) entry.counted = false;
  if (left && entry.counted) {
    entry.used.events -= left->ended.events;
    entry.used.bytes -= left->ended.bytes;
  } else if (left) {
    auto state = sending_.OpenState(entry.tenant);
    if (state) {
      auto used = ScheduleStore(**state, entry.tenant, parts_.runtime.random()).Used();
      entry.counted = used.has_value();
      if (used) entry.used = *used;
    }
  }
  entry.shown.Set(entry.used.events);
  if (entry.let_go || entry.suspended || tasks_.stopping()) return;
  if (!left) {
    const auto pause = std::min<Clock::Duration>(
        std::chrono::seconds(1 << std::min(entry.failures++, 5)), kLongestPause);
    log::Warning("Scheduled events of tenant {TenantId} wait for {Seconds} s: {Reason}",
                 {{"TenantId", entry.tenant.id()},
                  {"Seconds", std::chrono::duration_cast<std::chrono::seconds>(pause).count()},
                  {"Reason", left.error().detail}});
    entry.retry = parts_.runtime.platform_timers().After(pause, [this, id = entry.tenant.id()] {
      const auto found = entries_.find(id);
      if (found != entries_.end()) Queue(*found->second);
    });
    return;
  }
  entry.failures = 0;
  if (entry.again || (left->next_due_ms && *left->next_due_ms <= NowMs())) {
    Queue(entry);
  } else if (left->next_due_ms) {
    WakeAt(entry, left->next_due_ms);
  } else {
    entries_.erase(TenantId(entry.tenant.id()));
  }
}

void Scheduling::WakeAt(Entry& entry, std::optional<std::int64_t> due_ms) {
  if (entry.due_ms == due_ms) return;
  if (entry.due_ms) waiting_.erase({*entry.due_ms, entry.tenant.id()});
  entry.due_ms = due_ms;
  if (due_ms) waiting_.insert({*due_ms, entry.tenant.id()});
  Arm();
}

void Scheduling::Arm() {
  async::Timers& timers = parts_.runtime.platform_timers();
  timers.Cancel(timer_);
  if (waiting_.empty() || tasks_.stopping()) return;
  const Clock::Duration wait = std::chrono::milliseconds(waiting_.begin()->first - NowMs());
  timer_ = timers.After(std::clamp<Clock::Duration>(wait, Clock::Duration::zero(), kLookAgain),
                        [this] { OnTimer(); });
}

void Scheduling::OnTimer() {
  while (!waiting_.empty() && waiting_.begin()->first <= NowMs()) {
    Entry& entry = *entries_.at(waiting_.begin()->second);
    WakeAt(entry, std::nullopt);
    Queue(entry);
  }
  Arm();
}

async::Task<void> Scheduling::Prepare(std::shared_ptr<const Directory> next) {
  for (const auto& record : next->tenants()) {
    if (record->state != TenantState::kActive) continue;
    const auto before = directory_.OfPlatform()->Tenant(record->id);
    if (!before || before->state != TenantState::kSuspended) continue;
    Entry& entry = EntryOf(tenant::HandleIssuer::ForPlatform(record, "schedule.resume", audit_));
    entry.suspended = false;
    Queue(entry);
  }
  co_return;
}

async::Task<void> Scheduling::LetGo(TenantHandle tenant) {
  const auto found = entries_.find(tenant.id());
  if (found == entries_.end()) co_return;
  Entry& entry = *found->second;
  const bool deleting = tenant.record().state == TenantState::kDeleting;
  entry.let_go = deleting;
  entry.suspended = true;
  WakeAt(entry, std::nullopt);
  std::erase(ready_, &entry);
  entry.queued = false;
  parts_.runtime.platform_timers().Cancel(entry.retry);
  while (entry.running) co_await entry.ended.Wait();
  if (deleting) entries_.erase(tenant.id());
}

async::Task<void> Scheduling::Stop() {
  tasks_.RequestStop();
  ready_.clear();
  async::Timers& timers = parts_.runtime.platform_timers();
  timers.Cancel(timer_);
  for (auto& [id, entry] : entries_) timers.Cancel(entry->retry);
  co_await tasks_.Stop();
}

}  // namespace notify::agent::pipeline
