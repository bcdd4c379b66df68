#include "cli/projection/list.hpp"

#include "cli/projection/columns.hpp"

namespace notify::cli::projection {

Command& AddProjectionList(Command& noun, Factory& factory, RunHook<ProjectionListOptions> run) {
  auto& command = noun.Add("list", "List projections: where they stand, what they skipped", {"ls"});
  auto& options = command.Own(ProjectionListOptions{.factory = &factory});
  AddListWindow(command, options.window);
  command.Example("notifyctl projection list --tenant blue", "the built-in one, too");
  return command.Runs(options, std::move(run));
}

Status RunProjectionList(const ProjectionListOptions& options) {
  return ListAndPrint(*options.factory, {.operation = "listProjections"}, options.window,
                      {.columns = ProjectionColumns(), .name_path = "name"},
                      "There are no projections: notifyctl projection create -f FILE");
}

}  // namespace notify::cli::projection
