#pragma once

#include <string>

#include "cli/calls.hpp"
#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::connection {

struct ConnectionListOptions {
  Factory* factory = nullptr;
  std::string user;
  std::string transport;
  ListWindow window;
};

Command& AddConnectionList(Command& noun, Factory& factory, RunHook<ConnectionListOptions> run);
/// Lists the live connections of a tenant.
Status RunConnectionList(const ConnectionListOptions& options);

}  // namespace notify::cli::connection
