#include "agent/channel/log/log_provider.hpp"

#include "common/log.hpp"

namespace notify::agent::channel {

async::Task<Result<Receipt>> LogProvider::Send(TenantHandle tenant, OutboundMessage message) {
  log::Info("Notification for {Recipient} of tenant {TenantId}: {Body}",
            {{"Recipient", message.recipient},
             {"TenantId", tenant.id()},
             {"Body", message.body},
             {"Title", message.title},
             {"DeliveryId", message.delivery_id}});
  co_return Receipt{.detail = "Written to the agent's log."};
}

}  // namespace notify::agent::channel
