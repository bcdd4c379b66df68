#include "cli/connection/noun.hpp"

#include "cli/connection/get.hpp"
#include "cli/connection/invoke.hpp"
#include "cli/connection/kick.hpp"
#include "cli/connection/list.hpp"
#include "cli/connection/presence.hpp"

namespace notify::cli::connection {

void AddNoun(Command& root, Factory& factory) {
  auto& noun =
      root.Add("connection", "Live connections: who they are, how far behind, who is online",
               {"connections", "conn"});
  AddConnectionList(noun, factory, RunConnectionList);
  AddConnectionGet(noun, factory, RunConnectionGet);
  AddConnectionKick(noun, factory, RunConnectionKick);
  AddConnectionInvoke(noun, factory, RunConnectionInvoke);
  AddConnectionPresence(noun, factory, RunConnectionPresence);
}

}  // namespace notify::cli::connection
