#pragma once

#include <string>

#include "cli/calls.hpp"
#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::projection {

struct ProjectionListOptions {
  Factory* factory = nullptr;
  ListWindow window;
};

Command& AddProjectionList(Command& noun, Factory& factory, RunHook<ProjectionListOptions> run);
/// Lists projections, the built-in one first.
Status RunProjectionList(const ProjectionListOptions& options);

}  // namespace notify::cli::projection
