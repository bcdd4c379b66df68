// How inboxes follow their tenants' logs: turn by turn, one page each, one tenant after another.
#include <algorithm>
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/inbox/inbox_entry.hpp"
#include "agent/inbox/inbox_store.hpp"
#include "agent/inbox/page_changes.hpp"
#include "common/log.hpp"

namespace notify::agent::inbox {
namespace {

constexpr std::size_t kPageBytes = 256 * 1024;
constexpr std::size_t kSweptItems = 500;
constexpr int kSweptTenants = 16;

bool IsOtherLog(const ReadPage& page) {
  return page.gap &&
         (page.gap->reason == Gap::Reason::kEpoch || page.gap->reason == Gap::Reason::kAhead);
}

void Warn(const TenantHandle& tenant, const Error& error) {
  log::Warning("The inboxes of tenant {TenantId} do not go on: {Reason}",
               {{"TenantId", tenant.id()}, {"Reason", error.detail}});
}

}  // namespace

void Inboxes::HeadMoved(const TenantHandle& tenant, Position head) {
  const auto known = entries_.find(tenant.id());
  if (tasks_.stopping() || (known != entries_.end() && known->second->let_go)) return;
  auto found = EntryOf(tenant);
  if (!found) {
    Warn(tenant, found.error());
    return;
  }
  Entry& entry = **found;
  entry.head = head.epoch == entry.head.epoch ? std::max(entry.head, head) : head;
  const auto pace = entry.oldest_ms ? options_.pace : options_.idle_pace;
  const auto since = parts_.runtime.clock().Now() - entry.rested;
  if (entry.waiting == 0 && since < pace) {
    ArmAfter(entry, pace - since);
  } else {
    Queue(entry);
  }
}

void Inboxes::ArmAfter(Entry& entry, Clock::Duration delay) {
  if (entry.armed || entry.let_go || tasks_.stopping()) return;
  entry.armed = true;
  entry.timer = parts_.runtime.platform_timers().After(delay, [this, tenant = entry.tenant.id()] {
    const auto found = entries_.find(tenant);
    if (found == entries_.end()) return;
    found->second->armed = false;
    Queue(*found->second);
  });
}

void Inboxes::Queue(Entry& entry) {
  if (entry.running || entry.queued || entry.let_go || tasks_.stopping()) return;
  entry.queued = true;
  ready_.push_back(&entry);
  if (running_) return;
  running_ = true;
  tasks_.Spawn(Run());
}

async::Task<void> Inboxes::Run() {
  while (!ready_.empty() && !tasks_.stopping()) {
    Entry& entry = *ready_.front();
    ready_.pop_front();
    entry.queued = false;
    entry.running = true;
    Status done = co_await Turn(entry);
    entry.running = false;
    entry.rested = parts_.runtime.clock().Now();
    if (!done && entry.last) Warn(entry.tenant, done.error());
    entry.last = std::move(done);
    if (!entry.last) {
      ArmAfter(entry, options_.retry);
    } else if (entry.IsBehind()) {
      Queue(entry);
    }
    entry.progress.Notify();
  }
  running_ = false;
}

async::Task<Status> Inboxes::Turn(Entry& entry) {
  auto page = co_await parts_.events.Read(entry.tenant, entry.position, kPageBytes);
  if (!page) co_return page.error();
  if (IsOtherLog(*page)) {
    log::Warning("The inboxes of tenant {TenantId} are built again: another log is there",
                 {{"TenantId", entry.tenant.id()}});
    entry.head = page->after;
    co_return BeginAgain(entry, {page->gap->resumed_after.epoch, Sequence{0}});
  }
  if (page->at_head) entry.head = std::max(entry.head, page->after);
  entry.follows = entry.follows || page->at_head;
  co_return TakePage(entry, *page);
}

Status Inboxes::TakePage(Entry& entry, const ReadPage& page) {
  const PageChanges changes(page, entry.position);
  if (changes.empty()) {
    entry.position = page.after;
    const bool far =
        entry.position.epoch != entry.saved.epoch ||
        entry.position.sequence.value - entry.saved.sequence.value >= options_.save_events;
    return far ? Save(entry) : Status();
  }
  auto state = parts_.databases.Open(entry.tenant, InboxStore::kSchema);
  if (!state) return state.error();
  InboxStore store(**state, entry.tenant, parts_.runtime.random());
  auto written = (*state)->Transaction([&]() -> Status {
    auto done = changes.WriteTo(store, MostItems(entry.tenant), options_.max_tenant_items);
    if (!done) return done;
    return store.MoveTo(page.after);
  });
  if (!written) return written;
  entry.position = entry.saved = page.after;
  if (!entry.oldest_ms) {
    const auto oldest = store.Oldest();
    if (!oldest) return oldest.error();
    entry.oldest_ms = *oldest;
  }
  if (page.after > entry.known) {
    for (const std::string& user : changes.users()) badges_.Changed(entry.tenant, user);
  }
  return {};
}

Status Inboxes::BeginAgain(Entry& entry, Position position) {
  auto state = parts_.databases.Open(entry.tenant, InboxStore::kSchema);
  if (!state) return state.error();
  InboxStore store(**state, entry.tenant, parts_.runtime.random());
  if (auto begun = store.BeginAgain(position); !begun) return begun;
  entry.position = entry.saved = position;
  entry.oldest_ms.reset();
  return {};
}

Status Inboxes::Save(Entry& entry) {
  if (entry.saved == entry.position) return {};
  auto state = parts_.databases.Open(entry.tenant, InboxStore::kSchema);
  if (!state) return state.error();
  InboxStore store(**state, entry.tenant, parts_.runtime.random());
  if (auto moved = store.MoveTo(entry.position); !moved) return moved;
  entry.saved = entry.position;
  return {};
}

void Inboxes::Resume(std::vector<TenantHandle> tenants) {
  tasks_.Spawn(ResumeAll(std::move(tenants)));
}

async::Task<void> Inboxes::ResumeAll(std::vector<TenantHandle> tenants) {
  for (const TenantHandle& tenant : tenants) {
    if (tasks_.stopping()) co_return;
    if (auto entry = EntryOf(tenant); !entry) Warn(tenant, entry.error());
    // Others have their turn between two tenants.
    async::CallOn turn(parts_.runtime.platform(), [] {});
    co_await turn;
  }
}

void Inboxes::Sweep() {
  if (tasks_.stopping()) return;
  int swept_tenants = 0;
  for (auto& [id, entry] : entries_) {
    const std::int64_t before_ms = OldestKept(entry->tenant);
    if (entry->let_go || !entry->oldest_ms || *entry->oldest_ms >= before_ms) continue;
    if (auto swept = SweepOne(*entry, before_ms); !swept) Warn(entry->tenant, swept.error());
    if (++swept_tenants == kSweptTenants) return;
  }
}

Status Inboxes::SweepOne(Entry& entry, std::int64_t before_ms) {
  auto state = parts_.databases.Open(entry.tenant, InboxStore::kSchema);
  if (!state) return state.error();
  InboxStore store(**state, entry.tenant, parts_.runtime.random());
  const auto users = store.Expire(before_ms, kSweptItems);
  if (!users) return users.error();
  const auto oldest = store.Oldest();
  if (!oldest) return oldest.error();
  entry.oldest_ms = *oldest;
  for (const std::string& user : *users) badges_.Changed(entry.tenant, user);
  return {};
}

async::Task<Result<std::vector<HeldEvents>>> Inboxes::HeldBy(TenantHandle tenant) {
  async::CallOn here(parts_.runtime.platform(), [&]() -> Result<std::vector<HeldEvents>> {
    auto entry = EntryOf(tenant);
    if (!entry) return entry.error();
    if (auto saved = Save(**entry); !saved) return saved.error();
    // One that nobody looked at since the start goes on, so that it holds less the next time.
    if (!(*entry)->follows) Queue(**entry);
    return std::vector<HeldEvents>{{"inboxes", (*entry)->saved, 0}};
  });
  co_return co_await here;
}

async::Task<void> Inboxes::LetGo(TenantHandle tenant) {
  // One that is suspended has no new events; what it has is read to the end.
  if (tenant.record().state != TenantState::kDeleting) co_return;
  badges_.LetGo(tenant.id());
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

async::Task<void> Inboxes::Stop() {
  co_await badges_.Stop();
  tasks_.RequestStop();
  ready_.clear();
  for (auto& [id, entry] : entries_) {
    parts_.runtime.platform_timers().Cancel(entry->timer);
    entry->queued = false;
    entry->progress.Notify();
  }
  co_await tasks_.Stop();
}

}  // namespace notify::agent::inbox
