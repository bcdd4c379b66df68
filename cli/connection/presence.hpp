#pragma once

#include <string>

#include "cli/calls.hpp"
#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::connection {

struct ConnectionPresenceOptions {
  Factory* factory = nullptr;
  std::string user;
  ListWindow window;
};

Command& AddConnectionPresence(Command& noun, Factory& factory,
                               RunHook<ConnectionPresenceOptions> run);
/// Lists the users that are online, or tells of one whether it is.
Status RunConnectionPresence(const ConnectionPresenceOptions& options);

}  // namespace notify::cli::connection
