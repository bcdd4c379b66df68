#include "agent/quota/rate_gate.hpp"

#include <string>

namespace notify::agent::quota {

RateGate::RateGate(const Clock& clock, TenantId tenant, std::optional<Rate> requests,
                   ConnectionLimits connections)
    : clock_(clock),
      tenant_(std::move(tenant)),
      requests_(requests),
      most_connections_(connections.most.value_or(kNoLimit)),
      soft_connections_(connections.soft.value_or(kNoLimit)),
      connections_(std::make_shared<std::atomic<std::uint32_t>>(0)) {}

Status RateGate::TryRequest() {
  const auto wait = requests_.Take(1, clock_.Now());
  if (wait <= Clock::Duration::zero()) return {};
  Error error =
      Fail(Errc::kRateLimited, "Tenant '" + tenant_.text() + "' makes more requests than it may.",
           "Wait as Retry-After says.");
  error.retry_after = wait;
  return error;
}

Error RateGate::Full(std::uint32_t most) const {
  Error error = Fail(Errc::kRateLimited,
                     "Tenant '" + tenant_.text() + "' has the " + std::to_string(most) +
                         " connections that it may have.",
                     "Close one, or raise the limit connections of the tenant.");
  error.retry_after = kConnectAgainAfter;
  return error;
}

Result<ConnectionSlot> RateGate::TryConnect() {
  const std::uint32_t most = most_connections_.load(std::memory_order_relaxed);
  std::uint32_t used = connections_->load(std::memory_order_relaxed);
  do {
    if (used >= most) return Full(most);
  } while (!connections_->compare_exchange_weak(used, used + 1, std::memory_order_relaxed));
  return ConnectionSlot(connections_,
                        used + 1 >= soft_connections_.load(std::memory_order_relaxed));
}

Status RateGate::CheckConnect() const {
  const std::uint32_t most = most_connections_.load(std::memory_order_relaxed);
  if (connections() >= most) return Full(most);
  return {};
}

void RateGate::SetLimits(std::optional<Rate> requests, ConnectionLimits connections) {
  requests_.SetRate(requests);
  most_connections_.store(connections.most.value_or(kNoLimit), std::memory_order_relaxed);
  soft_connections_.store(connections.soft.value_or(kNoLimit), std::memory_order_relaxed);
}

}  // namespace notify::agent::quota
