#pragma once

#include "agent/flow/live_sink.hpp"
#include "agent/flow/provider.hpp"

namespace notify::agent::channel {

/// Channel `in_app`: invokes `notification` on the live connections of a user or of the tenant.
/// Where nobody is connected the delivery ends unconfirmed: a user finds it in its inbox, which is
/// made of `notification.created`; what goes to the tenant reaches who is there.
///
/// Lifetime: as the agent; `live` outlives it.
/// Threads:  the platform executor.
class InAppProvider final : public Provider {
 public:
  explicit InAppProvider(LiveSink& live) : live_(live) {}
  std::string_view channel() const override { return "in_app"; }
  async::Task<Result<Receipt>> Send(TenantHandle tenant, OutboundMessage message) override;

 private:
  LiveSink& live_;
};

}  // namespace notify::agent::channel
