#pragma once

#include "agent/flow/provider.hpp"

namespace notify::agent::channel {

/// Channel `log`: writes to the agent's log what would be sent. Safe with untrusted tenants: what
/// they wrote is a property, never a template, and lines are limited in rate.
///
/// Lifetime: as the agent.
/// Threads:  the platform executor.
class LogProvider final : public Provider {
 public:
  std::string_view channel() const override { return "log"; }
  async::Task<Result<Receipt>> Send(TenantHandle tenant, OutboundMessage message) override;
};

}  // namespace notify::agent::channel
