#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/consumer/consumers.hpp"
#include "common/log.hpp"

namespace notify::agent::consumer {
Result<bool> Consumers::GiveBack(const TenantHandle& tenant, const std::string& letter) {
  auto entry = EntryOf(tenant);
  if (!entry) return entry.error();
  auto state = parts_.databases.Open(tenant, kConsumerSchema);
  if (!state) return state.error();
  DeadLetterStore letters(**state, tenant, parts_.runtime.random());
  auto dead = letters.Get(letter);
  if (!dead) return dead.error();
  if (dead->record.empty()) {
    return Fail(Errc::kConflict, "The log had lost the event before it became a dead letter.",
                "notifyctl dlq purge " + letter + " --yes");
  }
  auto consumer = Find(**entry, dead->consumer);
  if (!consumer) {
    return Fail(Errc::kConflict, "Its consumer '" + dead->consumer + "' is not there any more.",
                "notifyctl consumer create " + dead->consumer);
  }
  auto given = letters.GiveBack(letter);
  if (given) (*consumer)->GiveBack(*dead);
  return given;
}

Status Consumers::Bin(const TenantHandle& tenant, const std::string& letter) {
  auto entry = EntryOf(tenant);
  if (!entry) return entry.error();
  auto state = parts_.databases.Open(tenant, kConsumerSchema);
  if (!state) return state.error();
  DeadLetterStore letters(**state, tenant, parts_.runtime.random());
  auto dead = letters.Get(letter);
  if (!dead) return dead.error();
  if (auto removed = letters.Remove(letter); !removed) return removed.error();
  // Any of the tenant's consumers may stand still because there was no room.
  for (const auto& [name, consumer] : (*entry)->consumers) {
    consumer->DeadLetterGone(name == dead->consumer ? std::optional(dead->event) : std::nullopt);
  }
  return {};
}

void Consumers::HeadMoved(const TenantHandle& tenant, Position head) {
  const auto found = entries_.find(tenant.id());
  if (found == entries_.end() || found->second->let_go) return;
  for (const auto& [name, consumer] : found->second->consumers) consumer->HeadMoved(head);
}

async::Task<void> Consumers::LetGo(TenantHandle tenant) {
  const auto found = entries_.find(tenant.id());
  if (found == entries_.end()) co_return;
  const bool suspended = tenant.record().state == TenantState::kSuspended;
  if (suspended) Rest(*found->second);
  Error why = suspended ? Fail(Errc::kTenantSuspended, "The tenant is suspended.")
                        : Fail(Errc::kUnavailable, "The tenant is being deleted.");
  co_await LetGoOf(*found->second, std::move(why));
  if (!suspended) parts_.databases.Close(tenant);
  entries_.erase(tenant.id());
}

async::Task<void> Consumers::LetGoOf(Entry& entry, Error why) {
  entry.let_go = true;
  for (const auto& [name, consumer] : entry.consumers) consumer->Close(why);
  while (entry.calls > 0) co_await entry.call_ended.Wait();
  entry.consumers.clear();
}

async::Task<Result<std::vector<HeldEvents>>> Consumers::HeldBy(TenantHandle tenant) {
  async::CallOn here(parts_.runtime.platform(), [&]() -> Result<std::vector<HeldEvents>> {
    auto entry = EntryOf(tenant);
    if (!entry) return entry.error();
    RemoveExpired(**entry);
    const std::int64_t now_ms = UnixMs(parts_.runtime.clock().WallNow());
    std::vector<HeldEvents> held;
    for (const auto& [name, consumer] : (*entry)->consumers) {
      const auto limit =
          std::chrono::duration_cast<std::chrono::milliseconds>(consumer->spec().hold_for);
      // What a crash would go back to, not what is in memory only.
      held.push_back(
          {"consumer " + name, consumer->stored().kept.acknowledged, now_ms - limit.count()});
    }
    return held;
  });
  co_return co_await here;
}

void Consumers::Resume(std::vector<TenantHandle> tenants) {
  tasks_.Spawn(ResumeAll(std::move(tenants)));
}

async::Task<void> Consumers::ResumeAll(std::vector<TenantHandle> tenants) {
  for (const TenantHandle& tenant : tenants) {
    if (tasks_.stopping()) co_return;
    auto entry = EntryOf(tenant);
    if (!entry) {
      log::Warning("The consumers of tenant {TenantId} cannot be read: {Reason}",
                   {{"TenantId", tenant.id()}, {"Reason", entry.error().detail}});
      continue;
    }
    if (!(*entry)->consumers.empty()) {
      co_await LookAtHead(**entry);
      continue;
    }
    if ((*entry)->calls == 0) entries_.erase(tenant.id());
    // Others have their turn between two tenants.
    async::CallOn turn(parts_.runtime.platform(), [] {});
    co_await turn;
  }
}

void Consumers::Rest(Entry& entry) {
  for (const auto& [name, consumer] : entry.consumers) {
    if (auto rested = consumer->Rest(); !rested) {
      log::Warning(
          "Where consumer {Consumer} of tenant {TenantId} stands is not written: {Reason}",
          {{"Consumer", name}, {"TenantId", entry.tenant.id()}, {"Reason", rested.error().detail}});
    }
  }
}

void Consumers::Sweep() {
  for (auto one = entries_.begin(); one != entries_.end();) {
    Entry& entry = *one->second;
    if (!entry.let_go) {
      RemoveExpired(entry);
      Rest(entry);
    }
    const bool empty = entry.consumers.empty() && entry.calls == 0 && !entry.let_go;
    one = empty ? entries_.erase(one) : std::next(one);
  }
}

void Consumers::EndWaits() {
  waits_end_ = true;
  for (const auto& [id, entry] : entries_) {
    for (const auto& [name, consumer] : entry->consumers) consumer->EndWaits();
  }
}

async::Task<void> Consumers::Stop() {
  EndWaits();
  tasks_.RequestStop();
  for (const auto& [id, entry] : entries_) {
    if (entry->let_go) continue;
    Rest(*entry);
    Error why = Fail(Errc::kUnavailable, "The agent is stopping.");
    co_await LetGoOf(*entry, std::move(why));
  }
  co_await tasks_.Stop();
}

}  // namespace notify::agent::consumer
