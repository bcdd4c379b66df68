#pragma once

#include <string>

#include "cli/calls.hpp"
#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::projection {

struct ProjectionCreateOptions {
  Factory* factory = nullptr;
  std::string name;
  std::string file;
  bool replace = false;  ///< `apply`.
  bool if_not_exists = false;
  bool from_retained = false;
  bool dry_run = false;
};

Command& AddProjectionCreate(Command& noun, Factory& factory, RunHook<ProjectionCreateOptions> run);
Command& AddProjectionApply(Command& noun, Factory& factory, RunHook<ProjectionCreateOptions> run);
/// Registers a projection from a file, or replaces it.
Status RunProjectionCreate(const ProjectionCreateOptions& options);

}  // namespace notify::cli::projection
