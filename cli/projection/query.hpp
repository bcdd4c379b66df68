#pragma once

#include <optional>
#include <string>

#include "cli/calls.hpp"
#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::projection {

struct ProjectionQueryOptions {
  Factory* factory = nullptr;
  std::string name;
  std::optional<std::string> key;
  ListWindow window;
};

Command& AddProjectionQuery(Command& noun, Factory& factory, RunHook<ProjectionQueryOptions> run);
/// Prints the state of one key, or of all.
Status RunProjectionQuery(const ProjectionQueryOptions& options);

}  // namespace notify::cli::projection
