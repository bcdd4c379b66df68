#pragma once

#include <string>

#include "cli/calls.hpp"
#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::projection {

struct ProjectionDeleteOptions {
  Factory* factory = nullptr;
  std::string name;
  bool yes = false;
  bool dry_run = false;
};

Command& AddProjectionDelete(Command& noun, Factory& factory, RunHook<ProjectionDeleteOptions> run);
/// Deletes a projection with all its states. kUsage without `yes`.
Status RunProjectionDelete(const ProjectionDeleteOptions& options);

}  // namespace notify::cli::projection
