#include "agent/pipeline/copy_intake.hpp"

#include <utility>
#include <vector>

namespace notify::agent::pipeline {

async::Task<Result<CopySink::Stored>> CopyIntake::Append(TenantHandle tenant, EventBatch copies) {
  const std::shared_ptr<quota::TenantGates> gates = gates_.OfPlatform(tenant.id());
  if (!gates) co_return Fail(Errc::kTenantNotFound, "The tenant was just deleted.");
  const std::size_t count = copies.size();
  auto admission = gates->quota.TryAdmit(static_cast<std::uint32_t>(count));
  if (!admission) co_return admission.error();
  const std::vector<bool> keyed(count, true);
  eventlog::SealedBatch sealed = sealer_.Seal(tenant, std::move(copies), keyed);
  // Not as the agent's own: where the intake is full, live traffic goes first.
  auto stored = co_await log_.Append(tenant, std::move(*admission), std::move(sealed));
  if (!stored) co_return stored.error();
  const Stored outcome{stored->accepted, stored->duplicates.size()};
  co_return outcome;
}

std::optional<CopySink::Rate> CopyIntake::RateOf(const TenantHandle& tenant) const {
  const std::shared_ptr<quota::TenantGates> gates = gates_.OfPlatform(tenant.id());
  const auto rate = gates ? gates->quota.rate() : std::nullopt;
  if (!rate) return std::nullopt;
  return Rate{rate->per_second, rate->burst};
}

}  // namespace notify::agent::pipeline
