#include "cli/agent/status.hpp"

#include <array>
#include <cstdlib>
#include <string>
#include <utility>

namespace notify::cli::agent {
namespace {

constexpr std::array<output::Column, 9> kLines = {{{"VERSION", "version"},
                                                   {"HEALTH", "health"},
                                                   {"UPTIME", "uptimeSeconds"},
                                                   {"TENANTS", "tenants"},
                                                   {"CONNECTIONS", "connections"},
                                                   {"MEMORY", "rssBytes"},
                                                   {"DATA FOLDER", "dataDir"},
                                                   {"LISTENS ON", "listen"},
                                                   {"SOCKET", "socket"}}};

/// `3d 4h`, `5m 7s`, `12s`: the two greatest units.
std::string Duration(std::int64_t seconds) {
  constexpr std::array<std::pair<std::int64_t, char>, 4> kUnits = {
      {{86'400, 'd'}, {3'600, 'h'}, {60, 'm'}, {1, 's'}}};
  std::string text;
  int shown = 0;
  for (const auto& [size, name] : kUnits) {
    if (shown == 0 && seconds < size && size > 1) continue;
    text += (shown == 0 ? "" : " ") + std::to_string(seconds / size) + name;
    seconds %= size;
    if (++shown == 2) break;
  }
  return text;
}

void MakeReadable(Value& status) {
  if (const auto* uptime = status.Find("uptimeSeconds")) {
    status.Set("uptimeSeconds", Duration(std::atoll(uptime->Text().c_str())));
  }
  if (const auto bytes = status.Integer("rssBytes")) {
    const auto tenths = (*bytes * 10 + (1 << 19)) >> 20;
    status.Set("rssBytes",
               std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " MiB");
  }
}

}  // namespace

Command& AddAgentStatus(Command& noun, Factory& factory, RunHook<AgentStatusOptions> run) {
  auto& command = noun.Add("status", "Show the agent's version, health, counts and places");
  const auto& options = command.Own(AgentStatusOptions{.factory = &factory});
  command.Example("notifyctl agent status", "the agent that this shell uses");
  command.Example("notifyctl agent status --endpoint unix:/run/notifyd/notifyd.sock -o json",
                  "another one, for a script");
  return command.Runs(options, std::move(run));
}

Status RunAgentStatus(const AgentStatusOptions& options) {
  auto printer = options.factory->Printer();
  if (!printer) return std::move(printer.error());
  auto client = options.factory->Client();
  if (!client) return std::move(client.error());
  auto status = (*client)->Call({.operation = "getAgentStatus"});
  if (!status) return std::move(status.error());
  // A table is for people.
  if (!printer->machine_readable()) MakeReadable(*status);
  printer->Object(*status, kLines, "version");
  return {};
}

}  // namespace notify::cli::agent
