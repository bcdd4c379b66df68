#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::connection {

struct ConnectionGetOptions {
  Factory* factory = nullptr;
  std::string id;
};

Command& AddConnectionGet(Command& noun, Factory& factory, RunHook<ConnectionGetOptions> run);
/// Shows a connection. kNotFound where there is none of that id.
Status RunConnectionGet(const ConnectionGetOptions& options);

}  // namespace notify::cli::connection
