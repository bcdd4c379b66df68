#include "agent/channel/in_app/in_app_provider.hpp"

#include <utility>

namespace notify::agent::channel {

async::Task<Result<Receipt>> InAppProvider::Send(TenantHandle tenant, OutboundMessage message) {
  constexpr std::string_view kUser = "user:";
  LiveTarget target;
  const bool user = message.recipient.starts_with(kUser);
  if (user) {
    target = {LiveTarget::Kind::kUser, message.recipient.substr(kUser.size())};
  } else if (message.recipient != "tenant") {
    co_return Fail(Errc::kInvalidArgument, "in_app reaches users and the tenant only.");
  }
  const std::size_t took = co_await live_.Invoke(
      std::move(tenant), std::move(target), "notification", std::move(message.notification_json));
  Receipt receipt;
  receipt.confirmed = took > 0;
  receipt.detail = took == 0
                       ? user ? "Nobody was connected; the inbox has it." : "Nobody was connected."
                   : took == 1 ? "1 connection took it."
                               : std::to_string(took) + " connections took it.";
  co_return receipt;
}

}  // namespace notify::agent::channel
