#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::connection {

struct ConnectionInvokeOptions {
  Factory* factory = nullptr;
  std::string id;
  std::string method;
  std::vector<std::string> arguments;
  std::string wait;
  bool dry_run = false;
};

Command& AddConnectionInvoke(Command& noun, Factory& factory, RunHook<ConnectionInvokeOptions> run);
/// Calls a method of a client and prints what it returned.
Status RunConnectionInvoke(const ConnectionInvokeOptions& options);

}  // namespace notify::cli::connection
