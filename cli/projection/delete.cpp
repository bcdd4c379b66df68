#include "cli/projection/delete.hpp"

namespace notify::cli::projection {

Command& AddProjectionDelete(Command& noun, Factory& factory,
                             RunHook<ProjectionDeleteOptions> run) {
  auto& command = noun.Add("delete", "Delete a projection with all its states", {"rm"});
  auto& options = command.Own(ProjectionDeleteOptions{.factory = &factory});
  command.Argument("NAME", options.name, "of the projection").Required();
  command.Flag("-y,--yes", options.yes, "really delete it");
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl projection delete balance --tenant blue --yes",
                  "the events it was built from stay");
  return command.Runs(options, std::move(run));
}

Status RunProjectionDelete(const ProjectionDeleteOptions& options) {
  const client::Request request{.operation = "deleteProjection", .path = {{"id", options.name}}};
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  if (!options.yes) {
    return Fail(Errc::kUsage, "This deletes the projection " + options.name + " and its states.",
                "notifyctl projection delete " + options.name + " --yes");
  }
  return CallAndPrint(*options.factory, request,
                      {.note = "The projection " + options.name + " is deleted."});
}

}  // namespace notify::cli::projection
