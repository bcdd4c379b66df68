#include "cli/client/hub/settings.hpp"

#include "common/signalr/json_hub_protocol.hpp"
#include "common/signalr/messagepack_hub_protocol.hpp"

namespace notify::cli::client {
namespace {

constexpr signalr::HubLimits kLimits{.max_message_bytes = 8U << 20, .max_depth = 256};

}  // namespace

Result<TransportChoice> ParseTransportChoice(std::string_view name) {
  if (name == "auto") return TransportChoice::kAuto;
  if (name == "websockets") return TransportChoice::kWebSockets;
  if (name == "sse") return TransportChoice::kServerSentEvents;
  return Fail(Errc::kUsage, "\"" + std::string(name) + "\" is not a transport.",
              "use auto, websockets or sse");
}

Result<std::unique_ptr<signalr::HubProtocol>> MakeHubProtocol(std::string_view name) {
  if (name == "json") return std::make_unique<signalr::JsonHubProtocol>(kLimits);
  if (name == "messagepack") return std::make_unique<signalr::MessagePackHubProtocol>(kLimits);
  return Fail(Errc::kUsage, "\"" + std::string(name) + "\" is not a hub protocol.",
              "use json or messagepack");
}

}  // namespace notify::cli::client
