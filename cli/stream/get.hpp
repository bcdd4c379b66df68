#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::stream {

struct StreamGetOptions {
  Factory* factory = nullptr;
  std::string stream;
};

Command& AddStreamGet(Command& noun, Factory& factory, RunHook<StreamGetOptions> run);
/// Prints where a stream stands: version, last event, snapshot.
Status RunStreamGet(const StreamGetOptions& options);

}  // namespace notify::cli::stream
