#include "cli/agent/drain.hpp"

#include "cli/interrupts.hpp"

namespace notify::cli::agent {
namespace {

using namespace std::chrono_literals;

Status AwaitGone(const AgentDrainOptions& options, client::ApiClient& client) {
  auto interrupts = Interrupts::None();
  const auto& clock = options.factory->clock();
  const auto end = clock.Now() + std::chrono::seconds(options.factory->globals().timeout_seconds);
  while (clock.Now() < end) {
    const auto status = client.Call({.operation = "getHealth"});
    if (!status && status.error().code == Errc::kAgentUnreachable) return {};
    interrupts.Wait(100ms);
  }
  return Fail(Errc::kTimeout, "The agent still serves what is in flight.",
              "wait longer with --timeout SECONDS");
}

}  // namespace

Command& AddAgentDrain(Command& noun, Factory& factory, RunHook<AgentDrainOptions> run) {
  auto& command = noun.Add("drain", "Finish what is in flight, then stop the agent");
  auto& options = command.Own(AgentDrainOptions{.factory = &factory});
  command.Describe(
      "Hub clients are told to connect again elsewhere; nothing acknowledged is lost.");
  command.Flag("-y,--yes", options.yes, "really stop it");
  command.Flag("--wait", options.wait, "return when it is gone (at most --timeout)");
  command.Example("notifyctl agent drain --yes --wait", "before an upgrade");
  return command.Runs(options, std::move(run));
}

Status RunAgentDrain(const AgentDrainOptions& options) {
  auto printer = options.factory->Printer();
  if (!printer) return std::move(printer.error());
  if (!options.yes) {
    return Fail(Errc::kUsage, "Draining stops the agent.", "notifyctl agent drain --yes");
  }
  auto client = options.factory->Client();
  if (!client) return std::move(client.error());
  auto answer = (*client)->Call({.operation = "drainAgent"});
  if (!answer) return std::move(answer.error());
  if (options.wait) {
    auto gone = AwaitGone(options, **client);
    if (!gone) return gone;
  }
  if (printer->machine_readable()) {
    printer->Object(*answer, {}, "status");
  } else {
    printer->Note(options.wait ? "The agent has stopped." : "The agent is draining.");
  }
  return {};
}

}  // namespace notify::cli::agent
