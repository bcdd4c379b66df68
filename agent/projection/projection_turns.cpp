// How projections follow their tenants' logs: turn by turn, one page each, fair over tenants.
#include <algorithm>
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/projection/projections.hpp"
#include "agent/projection/tables.hpp"
#include "common/log.hpp"

namespace notify::agent::projection {
namespace {

constexpr std::size_t kPageBytes = 256 * 1024;
constexpr std::int64_t kSweptRows = 500;

}  // namespace

void Projections::HeadMoved(const TenantHandle& tenant, Position head) {
  const auto known = entries_.find(tenant.id());
  if (tasks_.stopping() || (known != entries_.end() && known->second->let_go)) return;
  auto entry = EntryOf(tenant);
  if (!entry) {
    log::Warning("The projections of tenant {TenantId} cannot be read: {Reason}",
                 {{"TenantId", tenant.id()}, {"Reason", entry.error().detail}});
    return;
  }
  (*entry)->head = head.epoch == (*entry)->head.epoch ? std::max((*entry)->head, head) : head;
  if ((*entry)->registered.empty()) return;
  const auto since = parts_.runtime.clock().Now() - (*entry)->rested;
  if ((*entry)->waiting == 0 && since < options_.pace) {
    ArmAfter(**entry, options_.pace - since);
  } else {
    Queue(**entry);
  }
}

void Projections::ArmAfter(Entry& entry, Clock::Duration delay) {
  if (entry.armed || entry.let_go || tasks_.stopping()) return;
  entry.armed = true;
  entry.timer = parts_.runtime.platform_timers().After(delay, [this, tenant = entry.tenant.id()] {
    const auto found = entries_.find(tenant);
    if (found == entries_.end()) return;
    found->second->armed = false;
    Queue(*found->second);
  });
}

void Projections::Queue(Entry& entry) {
  if (entry.running || entry.queued || entry.let_go || tasks_.stopping()) return;
  entry.queued = true;
  ready_.push_back(&entry);
  Pump();
}

void Projections::Pump() {
  while (turns_ < options_.busy_tenants && !ready_.empty() && !tasks_.stopping()) {
    Entry& entry = *ready_.front();
    ready_.pop_front();
    entry.queued = false;
    entry.running = true;
    ++turns_;
    tasks_.Spawn(RunTurn(entry));
  }
}

async::Task<void> Projections::RunTurn(Entry& entry) {
  Status done = co_await Turn(entry);
  entry.running = false;
  --turns_;
  entry.rested = parts_.runtime.clock().Now();
  if (!done && entry.last) {
    log::Warning("The projections of tenant {TenantId} do not go on: {Reason}",
                 {{"TenantId", entry.tenant.id()}, {"Reason", done.error().detail}});
  }
  entry.last = std::move(done);
  if (!entry.last) {
    ArmAfter(entry, options_.retry);
  } else if (entry.IsBehind() || entry.dropped) {
    Queue(entry);
  }
  entry.progress.Notify();
  Pump();
}

async::Task<Status> Projections::Turn(Entry& entry) {
  if (entry.registered.empty()) co_return Sweep(entry);
  if (entry.head.epoch.value == 0) {
    auto head = co_await parts_.events.Head(entry.tenant);
    if (!head) co_return head.error();
    entry.head = std::max(entry.head, Position{head->epoch, head->last});
  }
  if (auto swapped = SwapWhoCaughtUp(entry); !swapped) co_return swapped;
  Position from;
  const auto group = entry.NextGroup(from);
  if (group.empty()) co_return Sweep(entry);
  auto page = co_await parts_.events.Read(entry.tenant, from, kPageBytes);
  if (!page) co_return page.error();
  if (page->at_head) entry.head = page->after;
  if (auto taken = TakePage(entry, *page, from, group); !taken) co_return taken;
  if (auto swapped = SwapWhoCaughtUp(entry); !swapped) co_return swapped;
  co_return Sweep(entry);
}

Status Projections::TakePage(Entry& entry, const ReadPage& page, Position from,
                             const std::vector<std::int64_t>& ids) {
  std::vector<Generation*> generations;
  const bool other_log = page.gap && (page.gap->reason == Gap::Reason::kEpoch ||
                                      page.gap->reason == Gap::Reason::kAhead);
  for (const std::int64_t id : ids) {
    // Meanwhile it may be gone, or built from elsewhere.
    const auto [registered, generation] = entry.Find(id);
    if (generation == nullptr || generation->position != from) continue;
    if (other_log) {
      if (entry.head.epoch != page.after.epoch) entry.head = page.after;
      if (auto begun = BeginAgain(entry, *page.gap, *registered); !begun) return begun;
      continue;
    }
    if (page.gap) generation->gap = GapJson(*page.gap);
    if (!generation->measured_at) {
      generation->measured_at = parts_.runtime.clock().Now();
      generation->measured_from = from;
    }
    generations.push_back(generation);
  }
  if (generations.empty()) return {};
  auto state = parts_.databases.Open(entry.tenant, kProjectionSchema);
  if (!state) return state.error();
  PageFold fold(**state, entry.tenant, parts_.runtime.random(), options_.limits);
  return fold.Fold(page, from, generations);
}

Status Projections::BeginAgain(Entry& entry, const Gap& gap, Registered& registered) {
  log::Warning(
      "Projection {Projection} of tenant {TenantId} is built again: another log is there "
      "({Reason})",
      {{"Projection", registered.name},
       {"TenantId", entry.tenant.id()},
       {"Reason", GapReasonName(gap.reason)}});
  const Definition definition =
      registered.building ? registered.building->definition : registered.serving.definition;
  const Position begin{gap.resumed_after.epoch, Sequence{0}};
  return BeginBuilding(entry, registered, definition, begin, {});
}

Status Projections::SwapWhoCaughtUp(Entry& entry) {
  for (auto& [name, one] : entry.registered) {
    if (!one.building) continue;
    const Generation& next = *one.building;
    // One that serves another log stands still: then the head counts.
    const bool same = one.serving.position.epoch == next.position.epoch;
    const Position target = same ? one.serving.position : entry.head;
    if (next.position < target || next.position.epoch != entry.head.epoch) continue;
    auto state = parts_.databases.Open(entry.tenant, kProjectionSchema);
    if (!state) return state.error();
    if (auto swapped = ProjectionStore(**state).Swap(one); !swapped) return swapped;
    one.serving = std::move(*one.building);
    one.serving.role = Generation::Role::kServing;
    one.building.reset();
    entry.dropped = true;
    log::Info("Projection {Projection} of tenant {TenantId} is built up to {Position}",
              {{"Projection", name},
               {"TenantId", entry.tenant.id()},
               {"Position", one.serving.position.ToString()}});
  }
  return {};
}

Status Projections::Sweep(Entry& entry) {
  if (!entry.dropped) return {};
  auto state = parts_.databases.Open(entry.tenant, kProjectionSchema);
  if (!state) return state.error();
  auto more = ProjectionStore(**state).Sweep(kSweptRows);
  if (!more) return more.error();
  entry.dropped = *more;
  return {};
}

void Projections::Resume(std::vector<TenantHandle> tenants) {
  tasks_.Spawn(ResumeAll(std::move(tenants)));
}

async::Task<void> Projections::ResumeAll(std::vector<TenantHandle> tenants) {
  for (const TenantHandle& tenant : tenants) {
    if (tasks_.stopping()) co_return;
    auto entry = EntryOf(tenant);
    if (!entry) {
      log::Warning("The projections of tenant {TenantId} cannot be read: {Reason}",
                   {{"TenantId", tenant.id()}, {"Reason", entry.error().detail}});
    } else {
      Queue(**entry);
    }
    // Others have their turn between two tenants.
    async::CallOn turn(parts_.runtime.platform(), [] {});
    co_await turn;
  }
}

async::Task<Result<std::vector<HeldEvents>>> Projections::HeldBy(TenantHandle tenant) {
  async::CallOn here(parts_.runtime.platform(), [&]() -> Result<std::vector<HeldEvents>> {
    auto entry = EntryOf(tenant);
    if (!entry) return entry.error();
    std::vector<HeldEvents> held;
    for (const auto& [name, one] : (*entry)->registered) {
      held.push_back({"projection " + name, one.serving.position, 0});
      if (one.building) {
        held.push_back({"rebuild of projection " + name, one.building->position, 0});
      }
    }
    return held;
  });
  co_return co_await here;
}

async::Task<void> Projections::LetGo(TenantHandle tenant) {
  // One that is suspended has no new events; what it has is read to the end.
  if (tenant.record().state != TenantState::kDeleting) co_return;
  const auto found = entries_.find(tenant.id());
  if (found == entries_.end()) co_return;
  Entry& entry = *found->second;
  entry.let_go = true;
  if (std::erase(ready_, &entry) > 0) entry.queued = false;
  parts_.runtime.platform_timers().Cancel(entry.timer);
  entry.progress.Notify();
  while (entry.running || entry.calls > 0) co_await entry.progress.Wait();
  parts_.databases.Close(tenant);
  entries_.erase(tenant.id());
}

async::Task<void> Projections::Stop() {
  tasks_.RequestStop();
  ready_.clear();
  for (auto& [id, entry] : entries_) {
    parts_.runtime.platform_timers().Cancel(entry->timer);
    entry->queued = false;
    entry->progress.Notify();
  }
  co_await tasks_.Stop();
}

}  // namespace notify::agent::projection
