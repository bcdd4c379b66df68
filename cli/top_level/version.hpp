#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::top_level {

struct VersionOptions {
  Factory* factory = nullptr;
};

Command& AddVersion(Command& root, Factory& factory, RunHook<VersionOptions> run);
/// Prints the version of this program; asks no agent.
Status RunVersion(const VersionOptions& options);

}  // namespace notify::cli::top_level
