#pragma once

#include <string>

#include "cli/calls.hpp"
#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::projection {

struct ProjectionGetOptions {
  Factory* factory = nullptr;
  std::string name;
};

Command& AddProjectionGet(Command& noun, Factory& factory, RunHook<ProjectionGetOptions> run);
/// Shows one projection: its definition, where it stands, how far a rebuild is.
Status RunProjectionGet(const ProjectionGetOptions& options);

}  // namespace notify::cli::projection
