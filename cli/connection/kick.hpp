#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::connection {

struct ConnectionKickOptions {
  Factory* factory = nullptr;
  std::string id;
  std::string user;
  bool no_reconnect = false;
  std::string reason;
  bool yes = false;
  bool dry_run = false;
};

Command& AddConnectionKick(Command& noun, Factory& factory, RunHook<ConnectionKickOptions> run);
/// Ends one connection, or all of a user. kUsage without `yes`, kNotFound where there are none.
Status RunConnectionKick(const ConnectionKickOptions& options);

}  // namespace notify::cli::connection
