#include "cli/hub/invoke.hpp"

namespace notify::cli::hub {

Command& AddHubInvoke(Command& noun, Factory& factory, RunHook<HubRequestOptions> run) {
  auto& command = noun.Add("invoke", "Call a method of a hub and print its result", {"call"});
  auto& options = command.Own(HubRequestOptions{.factory = &factory});
  AddRequest(command, options);
  command.Example("notifyctl hub invoke Groups --tenant blue", "of the agent's hub");
  command.Example(
      "notifyctl hub invoke SendMessage '\"bob\"' '{\"text\": \"hi\"}' --url "
      "http://localhost:5000/chat",
      "arguments are JSON, so a string has quotes");
  command.Example(
      "seq 10 | notifyctl hub invoke Sum --upload - --url http://localhost:5000/numbers -o json",
      "a stream from here to the hub");
  return command.Runs(options, std::move(run));
}

Status RunHubInvoke(const HubRequestOptions& options) { return RunRequest(options, false); }

}  // namespace notify::cli::hub
