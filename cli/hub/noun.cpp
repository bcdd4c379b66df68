#include "cli/hub/noun.hpp"

#include "cli/hub/connect.hpp"
#include "cli/hub/invoke.hpp"
#include "cli/hub/stream.hpp"

namespace notify::cli::hub {

Command& AddNoun(Command& root, Factory& factory) {
  auto& noun = root.Add("hub", "SignalR: the agent's hub, and those of other servers", {"hubs"});
  AddHubConnect(noun, factory, RunHubConnect);
  AddHubInvoke(noun, factory, RunHubInvoke);
  AddHubStream(noun, factory, RunHubStream);
  return noun;
}

}  // namespace notify::cli::hub
