#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <vector>

#include "agent/async/runtime.hpp"
#include "agent/audit/chain.hpp"
#include "agent/audit/refusal_windows.hpp"
#include "agent/flow/audit_sink.hpp"
#include "agent/flow/tenant_holder.hpp"
#include "agent/store/tenant_database.hpp"

namespace notify::agent::audit {

/// A page of records, ascending by time; `next` is empty on the last one.
struct AuditPage {
  std::vector<AuditRecord> records;
  std::string next;
};

/// Who did what, and who was refused what: a hash chain for each tenant in its `state.db`, and the
/// platform's in platform.db. Records are written in batches; a refusal, and what is
/// counted, is written when its window of 10 s ends, when somebody reads, or when the agent stops.
///
/// Lifetime: as the agent; what it is made of outlives it. Stop() is awaited before it goes.
/// Threads:  any executor; answers come on the caller's. The work is done on the platform executor.
class AuditChains final : public AuditSink, public TenantHolder {
 public:
  struct Options {
    std::size_t most_waiting = 20'000;  ///< Records that wait to be written; more are lost.
  };

  /// Makes the platform's tables. kUnavailable: a newer agent wrote platform.db.
  static Result<std::unique_ptr<AuditChains>> Make(async::Runtime& runtime,
                                                   store::Database& platform,
                                                   store::TenantDatabases& tenants,
                                                   Options options);
  ~AuditChains() override;

  void Record(const TenantHandle& tenant, AuditEntry entry) override;
  void RecordPlatform(AuditEntry entry) override;

  /// Writes all that waits.
  async::Task<void> Flush();
  /// Writes all that waits; nothing is recorded afterwards.
  async::Task<void> Stop();
  async::Task<void> LetGo(TenantHandle tenant) override;

  /// The tenant's chain.
  async::Task<Result<AuditPage>> List(TenantHandle tenant, AuditFilter filter);
  /// The platform's chain.
  async::Task<Result<AuditPage>> ListPlatform(AuditFilter filter);
  /// The platform's chain and those of `tenants`, merged by time. A tenant whose file cannot be
  /// read is left out and logged.
  async::Task<Result<AuditPage>> ListAll(std::vector<TenantHandle> tenants, AuditFilter filter);

  async::Task<Result<ChainReport>> Verify(TenantHandle tenant);
  async::Task<Result<ChainReport>> VerifyPlatform();

  /// Records that were lost because too many waited or a file could not be written.
  std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

 private:
  AuditChains(async::Runtime& runtime, store::Database& platform, store::TenantDatabases& tenants,
              Options options);

  void Enqueue(ChainOwner owner, AuditEntry entry);
  // The rest on the platform executor.
  void Take(ChainOwner owner, CountedEntry counted);
  void WakeAt(Clock::TimePoint at);
  void WriteDue();
  void WriteAll();
  void Write(std::vector<OwnedEntry> entries);
  Status WriteChain(const ChainOwner& owner, std::span<const CountedEntry> entries);
  Result<store::Database*> DatabaseOf(const ChainOwner& owner);
  Result<AuditPage> ReadHere(const ChainOwner& owner, const AuditFilter& filter);

  async::Runtime& runtime_;
  store::Database& platform_;
  store::TenantDatabases& tenants_;
  const Options options_;

  std::atomic<std::size_t> waiting_{0};
  std::atomic<std::uint64_t> lost_{0};

  // Platform executor only.
  RefusalWindows windows_;
  std::vector<OwnedEntry> ready_;  // For the next batch.
  async::TimerId wake_;
  bool stopped_ = false;
};

}  // namespace notify::agent::audit
