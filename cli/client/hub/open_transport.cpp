#include "cli/client/hub/open_transport.hpp"

#include <utility>
#include <vector>

#include "cli/client/hub/negotiation.hpp"

namespace notify::cli::client {
namespace {

using signalr::AvailableTransport;
using signalr::Transport;

bool IsWanted(TransportChoice choice, Transport transport) {
  switch (choice) {
    case TransportChoice::kAuto:
      return transport != Transport::kLongPolling;
    case TransportChoice::kWebSockets:
      return transport == Transport::kWebSockets;
    case TransportChoice::kServerSentEvents:
      return transport == Transport::kServerSentEvents;
  }
  return false;
}

std::vector<Transport> Fitting(const HubSettings& settings,
                               const std::vector<AvailableTransport>& offered) {
  const bool binary = settings.protocol->Format() == signalr::TransferFormat::kBinary;
  std::vector<Transport> fitting;
  for (const auto& each : offered) {
    if (!IsWanted(settings.transport, each.transport) || (binary && !each.binary)) continue;
    fitting.push_back(each.transport);
  }
  return fitting;
}

Error NothingFits(const HubSettings& settings, const std::vector<AvailableTransport>& offered) {
  std::string names;
  for (const auto& each : offered) {
    names += (names.empty() ? "" : ", ") + std::string(signalr::ToString(each.transport));
  }
  return Fail(Errc::kUnavailable,
              "The hub offers " + (names.empty() ? std::string("no transport") : names) +
                  ", and none of it is wanted here and carries " +
                  std::string(settings.protocol->Name()) + ".",
              "try --transport auto, or --protocol json");
}

Status CheckSettings(const HubSettings& settings) {
  const bool events = settings.transport == TransportChoice::kServerSentEvents;
  if (settings.skip_negotiation && events) {
    return Fail(Errc::kUsage, "Server-sent events need a negotiation.",
                "leave out --skip-negotiation");
  }
  if (settings.skip_negotiation && settings.stateful) {
    return Fail(Errc::kUsage, "Stateful reconnect is agreed on in the negotiation.",
                "leave out --skip-negotiation or --stateful");
  }
  if (events && settings.protocol->Format() == signalr::TransferFormat::kBinary) {
    return Fail(Errc::kUsage, "Server-sent events carry text only.", "use --protocol json");
  }
  return {};
}

Result<std::unique_ptr<HubTransport>> Open(Transport kind, const TransportAddress& address,
                                           const HubMeans& means) {
  if (kind == Transport::kServerSentEvents) return OpenSseTransport(means.dial, address);
  return OpenWebSocketTransport(means.dial, address, means.random);
}

Result<OpenedTransport> OpenNegotiated(Negotiated agreed, Transport kind, const HubMeans& means) {
  OpenedTransport opened{.kind = kind};
  opened.address = {std::move(agreed.url), std::move(agreed.caller), agreed.answer.Id(),
                    std::move(agreed.cookies)};
  opened.connection_id = agreed.answer.connection_id;
  opened.stateful = agreed.answer.use_stateful_reconnect && kind == Transport::kWebSockets;
  auto transport = Open(kind, opened.address, means);
  if (!transport) return std::move(transport.error());
  opened.transport = std::move(*transport);
  return opened;
}

}  // namespace

Result<OpenedTransport> OpenTransport(const HubSettings& settings, const HubMeans& means) {
  if (auto sound = CheckSettings(settings); !sound) return std::move(sound.error());
  if (settings.skip_negotiation) {
    OpenedTransport opened{.address = {settings.url, settings.caller, {}}};
    auto transport = Open(opened.kind, opened.address, means);
    if (!transport) return std::move(transport.error());
    opened.transport = std::move(*transport);
    return opened;
  }
  auto agreed = Negotiate(means.dial, settings.url, settings.caller, settings.stateful);
  if (!agreed) return std::move(agreed.error());
  const auto fitting = Fitting(settings, agreed->answer.transports);
  if (fitting.empty()) return NothingFits(settings, agreed->answer.transports);
  std::string failures;
  for (std::size_t i = 0; i < fitting.size(); ++i) {
    if (i > 0) {
      agreed = Negotiate(means.dial, settings.url, settings.caller, settings.stateful);
      if (!agreed) return std::move(agreed.error());
    }
    auto opened = OpenNegotiated(std::move(*agreed), fitting[i], means);
    if (opened || fitting.size() == 1) return opened;
    failures += " " + std::string(signalr::ToString(fitting[i])) + ": " + opened.error().detail;
  }
  return Fail(Errc::kUnavailable, "No transport of the hub works." + failures);
}

}  // namespace notify::cli::client
