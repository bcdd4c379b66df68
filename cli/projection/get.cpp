#include "cli/projection/get.hpp"

#include "cli/projection/columns.hpp"

namespace notify::cli::projection {

Command& AddProjectionGet(Command& noun, Factory& factory, RunHook<ProjectionGetOptions> run) {
  auto& command = noun.Add("get", "Show a projection: definition, position, rebuild", {"show"});
  auto& options = command.Own(ProjectionGetOptions{.factory = &factory});
  command.Argument("NAME", options.name, "of the projection").Required();
  command.Example("notifyctl projection get balance --tenant blue -o json",
                  "what it skipped, and why");
  return command.Runs(options, std::move(run));
}

Status RunProjectionGet(const ProjectionGetOptions& options) {
  return CallAndPrint(*options.factory,
                      {.operation = "getProjection", .path = {{"id", options.name}}},
                      {.columns = ProjectionColumns(), .name_path = "name"});
}

}  // namespace notify::cli::projection
