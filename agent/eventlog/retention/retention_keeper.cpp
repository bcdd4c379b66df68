#include "agent/eventlog/retention/retention_keeper.hpp"

#include <algorithm>
#include <utility>

#include "common/log.hpp"

namespace notify::agent::eventlog {
namespace {

// After so long a log is looked at again in which somebody held what should go.
constexpr std::int64_t kHeldMs = 10'000;

}  // namespace

std::int64_t RetentionKeeper::NowMs() const {
  return std::chrono::floor<std::chrono::milliseconds>(parts_.runtime.clock().WallNow())
      .time_since_epoch()
      .count();
}

RetentionLimits RetentionKeeper::LimitsOf(const TenantHandle& tenant) const {
  return RetentionLimits::Of(parts_.retention, parts_.storage, tenant.record(), disk_);
}

void RetentionKeeper::SetTenants(std::vector<TenantHandle> tenants) {
  std::set<TenantId> there;
  for (TenantHandle& tenant : tenants) {
    const TenantId id = tenant.id();
    there.insert(id);
    const auto found = entries_.find(id);
    if (found == entries_.end()) {
      entries_.emplace(id, Entry(std::move(tenant)));
      continue;
    }
    Entry& entry = found->second;
    const bool same = entry.tenant.record().revision == tenant.record().revision &&
                      entry.tenant.record().epoch == tenant.record().epoch;
    entry.tenant = std::move(tenant);
    if (!same) {
      entry.looked = false;
      entry.not_before_ms = 0;
    }
  }
  std::erase_if(entries_, [&](const auto& item) {
    if (there.contains(item.first)) return false;
    if (item.second.refused) parts_.refuse(item.second.tenant, std::nullopt);
    return true;
  });
  Tick();
}

void RetentionKeeper::Forget(const TenantId& tenant) {
  const auto found = entries_.find(tenant);
  if (found == entries_.end()) return;
  if (found->second.refused) parts_.refuse(found->second.tenant, std::nullopt);
  entries_.erase(found);
}

void RetentionKeeper::Moved(const TenantHandle& tenant, const StoredExtent& extent) {
  parts_.stored(tenant, extent);
  parts_.news(tenant, NewsOf(extent));
  const auto found = entries_.find(tenant.id());
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  entry.extent = extent;
  entry.measured = true;
  // Merging may have made the first block another one.
  if (entry.front && entry.front->first != extent.first) entry.front.reset();
  if (IsDue(entry)) Queue(entry);
  // A disk can fill up faster than somebody looks from time to time.
  const DiskLevel before = level_;
  LookAtDisk();
  if (level_ != before) {
    Judge();
  } else {
    JudgeOne(entry);
  }
}

void RetentionKeeper::Tick() {
  LookAtDisk();
  for (auto& [id, entry] : entries_) {
    if (IsDue(entry)) Queue(entry);
  }
  Judge();
}

bool RetentionKeeper::IsDue(const Entry& entry) const {
  if (entry.waiting) return false;
  if (!entry.looked) return true;
  if (entry.extent.bytes == 0 || NowMs() < entry.not_before_ms) return false;
  if (!entry.front) return true;
  RetentionCut cut(LimitsOf(entry.tenant), NowMs(), entry.tenant.record().epoch, entry.extent);
  return cut.Take(*entry.front);
}

void RetentionKeeper::Queue(Entry& entry) {
  entry.waiting = true;
  const TenantId& id = entry.tenant.id();
  parts_.writer.Do({id, [this, id] { return LookAt(id); }});
}

async::Task<void> RetentionKeeper::LookAt(TenantId id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) co_return;
  auto looking = Look(found->second.tenant);
  const Status looked = co_await std::move(looking);
  const auto again = entries_.find(id);
  if (again == entries_.end()) co_return;
  Entry& entry = again->second;
  entry.waiting = false;
  entry.measured = true;
  if (!looked) {
    entry.not_before_ms = NowMs() + kHeldMs;
    if (std::exchange(complaint_, looked.error().detail) != looked.error().detail) {
      log::Error("What is too old in the log of {TenantId} cannot be removed: {Reason}",
                 {{"TenantId", id.text()}, {"Reason", looked.error().detail}});
    }
  } else if (IsDue(entry)) {
    Queue(entry);
  }
  JudgeOne(entry);
}

async::Task<Status> RetentionKeeper::Look(TenantHandle tenant) {
  if (disk_.total == 0) LookAtDisk();
  RetentionRound round({parts_.runtime.files(), parts_.writer.pace(), holds_, parts_.begins_at},
                       tenant, LimitsOf(tenant), NowMs());
  auto looking = round.Look();
  auto report = co_await std::move(looking);
  if (!report) co_return report.error();
  parts_.stored(tenant, report->extent);
  CareNews news = NewsOf(report->extent);
  news.removed_events = report->removed_events;
  parts_.news(tenant, news);
  if (report->removed_events > 0) {
    log::Info("Retention removed {Count} events, {Bytes} bytes, of {TenantId}",
              {{"Count", report->removed_events},
               {"Bytes", report->removed_bytes},
               {"TenantId", tenant.id().text()}});
  }
  const auto found = entries_.find(tenant.id());
  if (found != entries_.end()) Take(found->second, *report);
  co_return Status();
}

void RetentionKeeper::Take(Entry& entry, const RetentionReport& report) {
  entry.looked = true;
  entry.extent = report.extent;
  entry.front = report.front;
  entry.held_by = report.held_by;
  entry.not_before_ms = report.held_by.empty() ? 0 : NowMs() + kHeldMs;
}

async::Task<Status> RetentionKeeper::LookNow(TenantHandle tenant) {
  async::Signal done;
  bool is_done = false;
  Status status;
  struct Turn {
    static async::Task<void> Take(RetentionKeeper& keeper, TenantHandle tenant, Status& status,
                                  bool& is_done, async::Signal& done) {
      auto looking = keeper.Look(std::move(tenant));
      status = co_await std::move(looking);
      is_done = true;
      done.Notify();
    }
  };
  parts_.writer.Do({tenant.id(),
                    [&, tenant] { return Turn::Take(*this, tenant, status, is_done, done); },
                    [&] {
                      status = Fail(Errc::kUnavailable, "The agent is stopping.");
                      is_done = true;
                      done.Notify();
                    }});
  while (!is_done) co_await done.Wait();
  co_return status;
}

async::Task<Result<RetentionKeeper::Standing>> RetentionKeeper::StandingOf(TenantHandle tenant) {
  LookAtDisk();
  Standing standing;
  standing.limits = LimitsOf(tenant);
  standing.disk = disk_;
  standing.level = level_;
  for (RetentionHold* hold : holds_) {
    auto asking = hold->HeldBy(tenant);
    auto held = co_await std::move(asking);
    if (!held) co_return held.error();
    for (HeldEvents& one : *held) standing.held.push_back(std::move(one));
  }
  const auto found = entries_.find(tenant.id());
  if (found != entries_.end()) {
    standing.held_by = found->second.held_by;
    standing.refused = found->second.refused;
  }
  if (all_refused_) {
    if (auto room = RoomBesideReserve(disk_, parts_.storage); !room)
      standing.refused = room.error();
  }
  co_return standing;
}

CareNews RetentionKeeper::NewsOf(const StoredExtent& extent) const {
  CareNews news;
  news.extent = extent;
  news.dedupe_horizon = parts_.keys.Held(extent.keys, NowMs());
  return news;
}

void RetentionKeeper::LookAtDisk() {
  const auto disk = parts_.runtime.files().Space(parts_.folder);
  if (!disk) {
    log::Warning("How full the disk is cannot be seen: {Reason}",
                 {{"Reason", disk.error().detail}});
    return;
  }
  disk_ = *disk;
  const DiskLevel before = std::exchange(level_, LevelOf(disk_, parts_.storage));
  parts_.disk(disk_, level_);
  if (before == level_) return;
  if (level_ < before) {
    log::Info("The disk has room again: {Free} bytes free, level {Level}",
              {{"Free", disk_.free}, {"Level", DiskLevelName(level_)}});
    parts_.writer.TryAgain();
  } else {
    log::Warning("The disk fills up: {Free} bytes free, level {Level}",
                 {{"Free", disk_.free}, {"Level", DiskLevelName(level_)}});
  }
}

void RetentionKeeper::Judge() {
  const bool all = level_ == DiskLevel::kReserve;
  if (std::exchange(all_refused_, all) != all) {
    const auto room = RoomBesideReserve(disk_, parts_.storage);
    parts_.refuse_all(all && !room ? std::optional(room.error()) : std::nullopt);
  }
  TakeShares();
  for (auto& [id, entry] : entries_) JudgeOne(entry);
}

void RetentionKeeper::TakeShares() {
  std::uint64_t logs = 0;
  std::uint64_t tenants = 0;
  all_measured_ = all_measured_ || std::ranges::all_of(entries_, [](const auto& item) {
                    return item.second.measured;
                  });
  // Logs that were not looked at since the start would count as what else lies on the disk, and
  // leave nobody a share.
  if (!all_measured_) return;
  for (const auto& [id, entry] : entries_) {
    logs += entry.extent.bytes;
    tenants += entry.extent.bytes > 0 ? 1 : 0;
  }
  low_share_ = ShareOf(disk_, parts_.storage.low_percent, logs, tenants);
  high_share_ = ShareOf(disk_, parts_.storage.high_percent, logs, tenants);
}

void RetentionKeeper::JudgeOne(Entry& entry) {
  if (level_ == DiskLevel::kFine) entry.warned = false;
  auto refusal = Refusal(entry);
  const auto tell = [&](CareNews::Storage storage, std::string detail) {
    CareNews news = NewsOf(entry.extent);
    news.storage = storage;
    news.detail = std::move(detail);
    parts_.news(entry.tenant, news);
  };
  if (refusal) {
    const bool is_new = !entry.refused;
    const bool changed = is_new || entry.refused->detail != refusal->detail;
    entry.refused = refusal;
    if (changed) parts_.refuse(entry.tenant, refusal);
    if (is_new) {
      log::Warning("New events of {TenantId} are refused: {Reason}",
                   {{"TenantId", entry.tenant.id().text()}, {"Reason", refusal->detail}});
      tell(CareNews::Storage::kRefused, refusal->detail);
    }
    return;
  }
  if (std::exchange(entry.refused, std::nullopt)) {
    parts_.refuse(entry.tenant, std::nullopt);
    tell(CareNews::Storage::kResumed, "There is room for new events again.");
  }
  const bool above = entry.extent.bytes > 0 && entry.extent.bytes > low_share_;
  if (level_ >= DiskLevel::kLow && above && !std::exchange(entry.warned, true)) {
    tell(CareNews::Storage::kWarned,
         "The agent's disk fills up, and this log is larger than its share of it; new events will "
         "be refused when it is full.");
  }
}

std::optional<Error> RetentionKeeper::Refusal(const Entry& entry) const {
  const bool is_over = entry.extent.bytes > LimitsOf(entry.tenant).storage_bytes;
  if (is_over && !entry.held_by.empty()) {
    return Fail(Errc::kStorageFull,
                "The tenant stores as much as it may, and " + entry.held_by +
                    " keeps its oldest events from being removed.",
                "Let the holder go on or remove it, or raise the tenant's limit storageBytes; "
                "`notifyctl log stat` shows both.");
  }
  if (level_ >= DiskLevel::kHigh && entry.extent.bytes > 0 && entry.extent.bytes > high_share_) {
    return Fail(Errc::kStorageFull,
                "The agent's disk is nearly full, and the tenant stores more than its share of it.",
                "Free space on the disk, or shorten the tenant's retention; reading goes on.");
  }
  return std::nullopt;
}

}  // namespace notify::agent::eventlog
