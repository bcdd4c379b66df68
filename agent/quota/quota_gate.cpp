#include "agent/quota/quota_gate.hpp"

#include <string>
#include <utility>

namespace notify::agent::quota {

QuotaGate::QuotaGate(const Clock& clock, TenantId tenant, std::optional<Rate> rate)
    : clock_(clock), tenant_(std::move(tenant)), bucket_(std::make_shared<Account>(rate)) {}

Result<Admission> QuotaGate::TryAdmit(std::uint32_t events) {
  const auto rate = bucket_->bucket.rate();
  if (!rate) return Admission(tenant_, nullptr, events);
  if (events > rate->burst) {
    return Fail(Errc::kBatchTooLargeForQuota,
                "The batch has " + std::to_string(events) + " events, and tenant '" +
                    tenant_.text() + "' may spend at most " + std::to_string(rate->burst) +
                    " at once.",
                "Send smaller batches, or raise the limit eventsBurst of the tenant.");
  }
  const auto wait = bucket_->bucket.Take(events, clock_.Now());
  if (wait > Clock::Duration::zero()) {
    Error error = Fail(Errc::kQuotaExceeded,
                       "Tenant '" + tenant_.text() + "' has used up its " +
                           std::to_string(rate->per_second) + " events per second.",
                       "Wait as Retry-After says.");
    error.retry_after = wait;
    return error;
  }
  return Admission(tenant_, bucket_, events);
}

Admission QuotaGate::AdmitOwn(std::uint32_t events) {
  own_events_.fetch_add(events, std::memory_order_relaxed);
  return Admission(tenant_, nullptr, events);
}

}  // namespace notify::agent::quota
