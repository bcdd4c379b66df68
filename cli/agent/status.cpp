#include "cli/agent/status.hpp"

#include <array>

namespace notify::cli::agent {
namespace {

constexpr std::array<output::Column, 9> kLines = {{{"VERSION", "version"},
                                                   {"HEALTH", "health"},
                                                   {"UPTIME (S)", "uptimeSeconds"},
                                                   {"TENANTS", "tenants"},
                                                   {"CONNECTIONS", "connections"},
                                                   {"MEMORY (B)", "rssBytes"},
                                                   {"DATA FOLDER", "dataDir"},
                                                   {"LISTENS ON", "listen"},
                                                   {"SOCKET", "socket"}}};

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
  printer->Object(*status, kLines, "version");
  return {};
}

}  // namespace notify::cli::agent
