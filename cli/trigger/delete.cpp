#include "cli/trigger/delete.hpp"

#include "cli/calls.hpp"

namespace notify::cli::trigger {

Command& AddTriggerDelete(Command& noun, Factory& factory, RunHook<TriggerDeleteOptions> run) {
  auto& command = noun.Add("delete", "Delete a trigger", {"rm"});
  auto& options = command.Own(TriggerDeleteOptions{.factory = &factory});
  command.Argument("ID", options.id, "of the trigger").Required();
  command.Flag("-y,--yes", options.yes, "really delete it");
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl trigger delete fx-quote --tenant blue --yes", "for good");
  return command.Runs(options, std::move(run));
}

Status RunTriggerDelete(const TriggerDeleteOptions& options) {
  const client::Request request{.operation = "deleteTrigger", .path = {{"id", options.id}}};
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  if (!options.yes) {
    return Fail(Errc::kUsage, "This deletes the trigger " + options.id + ".",
                "notifyctl trigger delete " + options.id + " --yes");
  }
  return CallAndPrint(*options.factory, request,
                      {.note = "The trigger " + options.id + " is deleted."});
}

}  // namespace notify::cli::trigger
