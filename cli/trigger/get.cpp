#include "cli/trigger/get.hpp"

#include "cli/calls.hpp"
#include "cli/trigger/columns.hpp"

namespace notify::cli::trigger {

Command& AddTriggerGet(Command& noun, Factory& factory, RunHook<TriggerGetOptions> run) {
  auto& command = noun.Add("get", "Show a trigger", {"show"});
  auto& options = command.Own(TriggerGetOptions{.factory = &factory});
  command.Argument("ID", options.id, "of the trigger").Required();
  command.Example("notifyctl trigger get fx-quote --tenant blue -o yaml", "in the form of a file");
  return command.Runs(options, std::move(run));
}

Status RunTriggerGet(const TriggerGetOptions& options) {
  return CallAndPrint(*options.factory, {.operation = "getTrigger", .path = {{"id", options.id}}},
                      {.columns = TriggerColumns()});
}

}  // namespace notify::cli::trigger
