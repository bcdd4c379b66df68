#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "agent/flow/admission.hpp"
#include "agent/quota/bucket.hpp"
#include "common/clock.hpp"
#include "common/ids.hpp"
#include "common/result.hpp"

namespace notify::agent::quota {

/// Decides whether one tenant may submit more events now. The only maker of Admissions.
///
/// Lifetime: shared by the threads' gate tables; admissions may outlive it.
/// Threads:  any.
class QuotaGate {
 public:
  /// `clock` outlives the gate. Nothing: no limit, and asking costs nothing.
  QuotaGate(const Clock& clock, TenantId tenant, std::optional<Rate> rate);
  QuotaGate(const QuotaGate&) = delete;
  QuotaGate& operator=(const QuotaGate&) = delete;

  /// Spends `events`, all or none; a refusal spends nothing.
  ///
  /// kQuotaExceeded          too early: `retry_after` is the exact wait.
  /// kBatchTooLargeForQuota  more than the burst, so that waiting cannot help.
  Result<Admission> TryAdmit(std::uint32_t events);

  /// For events that the agent itself has to tell: counted apart, never refused.
  Admission AdmitOwn(std::uint32_t events);

  /// The new limit; what is spent stays spent.
  void SetRate(std::optional<Rate> rate) { bucket_->bucket.SetRate(rate); }

  /// For the fields `RateLimit-Policy` and `RateLimit`: the limit, and what is left of it now.
  std::optional<Rate> rate() const { return bucket_->bucket.rate(); }
  std::uint32_t Available() const { return bucket_->bucket.Available(clock_.Now()); }

  /// The agent's own events so far.
  std::uint64_t own_events() const { return own_events_.load(std::memory_order_relaxed); }

 private:
  struct Account final : Admission::Account {
    explicit Account(std::optional<Rate> rate) : bucket(rate) {}
    void GiveBack(std::uint32_t events) override { bucket.GiveBack(events); }
    Bucket bucket;
  };

  const Clock& clock_;
  const TenantId tenant_;
  // Shared with the admissions that it gave.
  const std::shared_ptr<Account> bucket_;
  std::atomic<std::uint64_t> own_events_{0};
};

}  // namespace notify::agent::quota
