#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::top_level {

struct DoctorOptions {
  Factory* factory = nullptr;
};

Command& AddDoctor(Command& root, Factory& factory, RunHook<DoctorOptions> run);
/// Checks contexts, endpoint, agent, credential, clock, versions and data folder, and prints each
/// finding with its remedy. kInternal (exit 1) where something is broken.
Status RunDoctor(const DoctorOptions& options);

}  // namespace notify::cli::top_level
