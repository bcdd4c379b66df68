#include "cli/hub/reach.hpp"

#include "cli/client/connection.hpp"
#include "cli/value.hpp"

namespace notify::cli::hub {
namespace {

Status TakeAnswers(const std::vector<std::string>& answers, client::HubSettings& settings) {
  for (const auto& answer : answers) {
    const auto equals = answer.find('=');
    const auto value = equals == std::string::npos ? Result<Value>(Fail(Errc::kUsage, ""))
                                                   : Value::Parse(answer.substr(equals + 1));
    if (!value || equals == 0) {
      return Fail(Errc::kUsage, "--answer takes METHOD=JSON, and \"" + answer + "\" is not that.",
                  R"(a string has its quotes: --answer 'GetName="bob"')");
    }
    settings.answers[answer.substr(0, equals)] = value->Compact();
  }
  return {};
}

Status TakeAddress(Factory& factory, const HubReach& reach, client::HubSettings& settings) {
  settings.caller.limit = std::chrono::seconds(factory.globals().timeout_seconds);
  if (!reach.url.empty()) {
    auto url = client::HubUrl::Parse(reach.url);
    if (!url) return std::move(url.error());
    settings.url = std::move(*url);
    settings.caller.token = Secret{factory.globals().agent.token};
    settings.caller.tenant = factory.globals().agent.tenant;
    return {};
  }
  auto access = factory.Access();
  if (!access) return std::move(access.error());
  settings.url = client::HubUrl::OfAgent(access->endpoint);
  settings.caller.token = Secret{std::move(access->token)};
  settings.caller.tenant = std::move(access->tenant);
  return {};
}

}  // namespace

void AddReach(Command& command, HubReach& reach) {
  command
      .Option("--transport", "NAME", reach.transport,
              "auto (default: the hub's order), websockets or sse")
      .OneOf({"auto", "websockets", "sse"});
  command.Option("--protocol", "NAME", reach.protocol, "json (default) or messagepack")
      .OneOf({"json", "messagepack"});
  command
      .Option("--reconnect", "HOW", reach.reconnect,
              "default (after 0, 2, 10 and 30 s), always or never")
      .OneOf({"default", "always", "never"});
  command.Flag("--skip-negotiation", reach.skip_negotiation, "open a WebSocket at once");
  command.Flag("--stateful", reach.stateful, "ask for stateful reconnect");
  command.Option("--answer", "METHOD=JSON", reach.answers,
                 "what the hub is answered when it wants a result of METHOD");
}

void AddUrl(Command& command, HubReach& reach) {
  command.Option("--url", "URL", reach.url, "a SignalR hub (default: the agent's)");
}

Result<client::HubSettings> SettingsOf(Factory& factory, const HubReach& reach) {
  client::HubSettings settings;
  auto transport = client::ParseTransportChoice(reach.transport);
  if (!transport) return std::move(transport.error());
  auto protocol = client::MakeHubProtocol(reach.protocol);
  if (!protocol) return std::move(protocol.error());
  auto reconnect = client::ReconnectPolicy::Parse(reach.reconnect);
  if (!reconnect) return std::move(reconnect.error());
  settings.transport = *transport;
  settings.protocol = std::move(*protocol);
  settings.reconnect = *reconnect;
  settings.skip_negotiation = reach.skip_negotiation;
  settings.stateful = reach.stateful;
  if (auto taken = TakeAnswers(reach.answers, settings); !taken) return std::move(taken.error());
  if (auto taken = TakeAddress(factory, reach, settings); !taken) return std::move(taken.error());
  return settings;
}

client::HubMeans MeansOf(const HubReach& reach, Factory& factory, const Interrupts& interrupts) {
  if (reach.means != nullptr) return *reach.means;
  return {.dial = client::Connection::Open,
          .clock = factory.clock(),
          .random = factory.random(),
          .wait = [&interrupts](std::chrono::milliseconds time) { return interrupts.Wait(time); }};
}

}  // namespace notify::cli::hub
