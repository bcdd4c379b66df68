#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::top_level {

struct InitOptions {
  Factory* factory = nullptr;
  std::string folder = ".";
  bool force = false;
};

Command& AddInit(Command& root, Factory& factory, RunHook<InitOptions> run);
/// Writes a configuration, a tenant, a trigger and a template that work together. kConflict where
/// one of the files is there, unless `force`; then nothing is written.
Status RunInit(const InitOptions& options);

}  // namespace notify::cli::top_level
