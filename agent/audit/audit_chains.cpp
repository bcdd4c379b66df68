#include "agent/audit/audit_chains.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "agent/async/run_on.hpp"
#include "common/log.hpp"

namespace notify::agent::audit {
namespace {

// How long the first record of a batch waits for others.
constexpr Clock::Duration kBatchDelay = std::chrono::milliseconds(5);

bool SameOwner(const ChainOwner& a, const ChainOwner& b) {
  if (!a || !b) return !a && !b;
  return a->id() == b->id() && a->record().epoch == b->record().epoch;
}

std::string NameOf(const ChainOwner& owner) { return owner ? owner->id().text() : std::string(); }

/// Cuts a merged list to a page.
AuditPage PageOf(std::vector<AuditRecord> records, const AuditFilter& filter) {
  AuditPage page;
  const bool more = records.size() > filter.limit;
  if (more && filter.last) {
    records.erase(records.begin(), records.end() - static_cast<std::ptrdiff_t>(filter.limit));
  } else if (more) {
    records.resize(filter.limit);
    page.next = records.empty() ? std::string() : CursorOf(records.back());
  }
  page.records = std::move(records);
  return page;
}

}  // namespace

Result<std::unique_ptr<AuditChains>> AuditChains::Make(async::Runtime& runtime,
                                                       store::Database& platform,
                                                       store::TenantDatabases& tenants,
                                                       Options options) {
  if (auto migrated = platform.Migrate(ChainSchema()); !migrated) return migrated.error();
  return std::unique_ptr<AuditChains>(new AuditChains(runtime, platform, tenants, options));
}

AuditChains::AuditChains(async::Runtime& runtime, store::Database& platform,
                         store::TenantDatabases& tenants, Options options)
    : runtime_(runtime), platform_(platform), tenants_(tenants), options_(options) {}

AuditChains::~AuditChains() = default;

void AuditChains::Record(const TenantHandle& tenant, AuditEntry entry) {
  Enqueue(tenant, std::move(entry));
}

void AuditChains::RecordPlatform(AuditEntry entry) { Enqueue(std::nullopt, std::move(entry)); }

void AuditChains::Enqueue(ChainOwner owner, AuditEntry entry) {
  if (waiting_.fetch_add(1, std::memory_order_relaxed) >= options_.most_waiting) {
    waiting_.fetch_sub(1, std::memory_order_relaxed);
    lost_.fetch_add(1, std::memory_order_relaxed);
    log::Warning("The audit record of {Action} is lost: too many wait.",
                 {{"Action", entry.action}});
    return;
  }
  CountedEntry counted;
  counted.count = entry.times;
  counted.entry = std::move(entry);
  counted.time_ms = std::chrono::floor<std::chrono::milliseconds>(runtime_.clock().WallNow())
                        .time_since_epoch()
                        .count();
  runtime_.platform().Post(
      [this, owner = std::move(owner), counted = std::move(counted)]() mutable {
        waiting_.fetch_sub(1, std::memory_order_relaxed);
        Take(std::move(owner), std::move(counted));
      });
}

void AuditChains::Take(ChainOwner owner, CountedEntry counted) {
  if (stopped_) {
    lost_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  Clean(counted.entry);
  const auto now = runtime_.clock().Now();
  if (counted.entry.result == "refused" || counted.entry.counted) {
    auto early = windows_.Add(std::move(owner), std::move(counted), now);
    if (early) ready_.push_back(std::move(*early));
  } else {
    ready_.push_back({std::move(owner), std::move(counted)});
  }
  if (!ready_.empty()) {
    WakeAt(now + kBatchDelay);
  } else if (const auto due = windows_.NextDue()) {
    WakeAt(*due);
  }
}

void AuditChains::WakeAt(Clock::TimePoint at) {
  if (wake_ != async::TimerId{}) {
    if (wake_.at <= at) return;
    runtime_.platform_timers().Cancel(wake_);
  }
  wake_ = runtime_.platform_timers().After(at - runtime_.clock().Now(), [this] { WriteDue(); });
}

void AuditChains::WriteDue() {
  wake_ = {};
  auto due = windows_.TakeDue(runtime_.clock().Now());
  std::ranges::move(due, std::back_inserter(ready_));
  Write(std::exchange(ready_, {}));
  if (const auto next = windows_.NextDue()) WakeAt(*next);
}

void AuditChains::WriteAll() {
  auto all = windows_.TakeAll();
  std::ranges::move(all, std::back_inserter(ready_));
  Write(std::exchange(ready_, {}));
}

void AuditChains::Write(std::vector<OwnedEntry> entries) {
  // One transaction for each chain; within a chain the order stays.
  while (!entries.empty()) {
    const ChainOwner owner = entries.front().owner;
    std::vector<CountedEntry> batch;
    std::erase_if(entries, [&](OwnedEntry& entry) {
      if (!SameOwner(entry.owner, owner)) return false;
      batch.push_back(std::move(entry.counted));
      return true;
    });
    if (auto written = WriteChain(owner, batch); !written) {
      lost_.fetch_add(batch.size(), std::memory_order_relaxed);
      log::Error(
          "{Count} audit records of chain '{Chain}' are lost: {Reason}",
          {{"Count", batch.size()}, {"Chain", NameOf(owner)}, {"Reason", written.error().detail}});
    }
  }
}

Status AuditChains::WriteChain(const ChainOwner& owner, std::span<const CountedEntry> entries) {
  auto database = DatabaseOf(owner);
  if (!database) return database.error();
  return AppendToChain(**database, entries);
}

Result<store::Database*> AuditChains::DatabaseOf(const ChainOwner& owner) {
  if (!owner) return &platform_;
  return tenants_.Open(*owner, ChainSchema());
}

async::Task<void> AuditChains::Flush() {
  async::CallOn there(runtime_.platform(), [this] { WriteAll(); });
  co_await there;
}

async::Task<void> AuditChains::Stop() {
  async::CallOn there(runtime_.platform(), [this] {
    WriteAll();
    stopped_ = true;
    runtime_.platform_timers().Cancel(wake_);
    wake_ = {};
  });
  co_await there;
}

async::Task<void> AuditChains::LetGo(TenantHandle tenant) {
  if (tenant.record().state == TenantState::kSuspended) {
    co_await Flush();
    co_return;
  }
  // Its chain goes with its folder: what waits for it has no place any more.
  async::CallOn there(runtime_.platform(), [&] {
    auto all = windows_.TakeAll();
    std::ranges::move(all, std::back_inserter(ready_));
    std::erase_if(ready_, [&](const OwnedEntry& entry) {
      return entry.owner && entry.owner->id() == tenant.id();
    });
    WriteAll();
  });
  co_await there;
}

Result<AuditPage> AuditChains::ReadHere(const ChainOwner& owner, const AuditFilter& filter) {
  auto database = DatabaseOf(owner);
  if (!database) return database.error();
  AuditFilter one_more = filter;
  ++one_more.limit;  // To know whether there is a next page.
  auto records = ReadChain(**database, NameOf(owner), one_more);
  if (!records) return records.error();
  return PageOf(std::move(*records), filter);
}

async::Task<Result<AuditPage>> AuditChains::List(TenantHandle tenant, AuditFilter filter) {
  async::CallOn there(runtime_.platform(), [&] {
    WriteAll();
    return ReadHere(tenant, filter);
  });
  co_return co_await there;
}

async::Task<Result<AuditPage>> AuditChains::ListPlatform(AuditFilter filter) {
  async::CallOn there(runtime_.platform(), [&] {
    WriteAll();
    return ReadHere(std::nullopt, filter);
  });
  co_return co_await there;
}

async::Task<Result<AuditPage>> AuditChains::ListAll(std::vector<TenantHandle> tenants,
                                                    AuditFilter filter) {
  co_await Flush();
  AuditFilter one_more = filter;
  ++one_more.limit;
  std::vector<ChainOwner> owners{std::nullopt};
  for (TenantHandle& tenant : tenants) owners.emplace_back(std::move(tenant));
  std::vector<AuditRecord> merged;
  for (const ChainOwner& owner : owners) {
    // A turn for each file, so that others get theirs in between.
    async::CallOn there(runtime_.platform(), [&] { return ReadHere(owner, one_more); });
    auto page = co_await there;
    if (!page && page.error().code == Errc::kInvalidArgument) co_return page.error();
    if (!page) {
      log::Warning("The audit of chain '{Chain}' cannot be read: {Reason}",
                   {{"Chain", NameOf(owner)}, {"Reason", page.error().detail}});
      continue;
    }
    std::ranges::move(page->records, std::back_inserter(merged));
  }
  std::ranges::sort(merged, [](const AuditRecord& a, const AuditRecord& b) {
    return std::tie(a.time_ms, a.chain, a.seq) < std::tie(b.time_ms, b.chain, b.seq);
  });
  co_return PageOf(std::move(merged), filter);
}

async::Task<Result<ChainReport>> AuditChains::Verify(TenantHandle tenant) {
  async::CallOn there(runtime_.platform(), [&]() -> Result<ChainReport> {
    WriteAll();
    auto database = DatabaseOf(tenant);
    if (!database) return database.error();
    return VerifyChain(**database);
  });
  co_return co_await there;
}

async::Task<Result<ChainReport>> AuditChains::VerifyPlatform() {
  async::CallOn there(runtime_.platform(), [this] {
    WriteAll();
    return VerifyChain(platform_);
  });
  co_return co_await there;
}

}  // namespace notify::agent::audit
