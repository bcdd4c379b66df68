#pragma once

#include <string>

#include "cli/calls.hpp"
#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::projection {

struct ProjectionRebuildOptions {
  Factory* factory = nullptr;
  std::string name;
  bool from_retained = false;
  bool wait = false;
  bool dry_run = false;
};

Command& AddProjectionRebuild(Command& noun, Factory& factory,
                              RunHook<ProjectionRebuildOptions> run);
/// Begins a rebuild; with `wait` follows it to its end. Interrupted or out of time it goes on in
/// the agent: kInterrupted, kTimeout.
Status RunProjectionRebuild(const ProjectionRebuildOptions& options);

}  // namespace notify::cli::projection
