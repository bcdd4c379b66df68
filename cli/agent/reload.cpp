#include "cli/agent/reload.hpp"

namespace notify::cli::agent {

Command& AddAgentReload(Command& noun, Factory& factory, RunHook<AgentReloadOptions> run) {
  auto& command = noun.Add("reload", "Have the agent read its configuration file again");
  const auto& options = command.Own(AgentReloadOptions{.factory = &factory});
  command.Describe("A file that is not valid changes nothing, and its errors are shown here.");
  command.Example("notifyctl agent reload", "after a change of notifyd.yaml");
  return command.Runs(options, std::move(run));
}

Status RunAgentReload(const AgentReloadOptions& options) {
  auto printer = options.factory->Printer();
  if (!printer) return std::move(printer.error());
  auto client = options.factory->Client();
  if (!client) return std::move(client.error());
  auto answer = (*client)->Call({.operation = "reloadAgent"});
  if (!answer) return std::move(answer.error());
  if (printer->machine_readable()) {
    printer->Object(*answer, {}, "reloaded");
  } else {
    printer->Note("The agent has read its configuration again.");
  }
  return {};
}

}  // namespace notify::cli::agent
