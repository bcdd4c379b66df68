#include "cli/hub/stream.hpp"

namespace notify::cli::hub {

Command& AddHubStream(Command& noun, Factory& factory, RunHook<HubRequestOptions> run) {
  auto& command = noun.Add("stream", "Call a streaming method of a hub, one item a line");
  auto& options = command.Own(HubRequestOptions{.factory = &factory});
  command.Describe(
      "An interrupt (^C) cancels the stream and waits for the hub to end it; a second one does not "
      "wait.");
  AddRequest(command, options);
  command.Example("notifyctl hub stream StreamEvents '{\"types\": [\"order.*\"]}' --tenant blue",
                  "envelopes of the agent's events");
  command.Example("notifyctl hub stream Counter 10 500 --url http://localhost:5000/hub -o ndjson",
                  "of another server");
  return command.Runs(options, std::move(run));
}

Status RunHubStream(const HubRequestOptions& options) { return RunRequest(options, true); }

}  // namespace notify::cli::hub
