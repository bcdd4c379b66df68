#include "cli/trigger/list.hpp"

#include "cli/trigger/columns.hpp"

namespace notify::cli::trigger {

Command& AddTriggerList(Command& noun, Factory& factory, RunHook<TriggerListOptions> run) {
  auto& command = noun.Add("list", "List triggers", {"ls"});
  auto& options = command.Own(TriggerListOptions{.factory = &factory});
  AddListWindow(command, options.window);
  command.Example("notifyctl trigger list --tenant blue", "what starts a notification");
  return command.Runs(options, std::move(run));
}

Status RunTriggerList(const TriggerListOptions& options) {
  return ListAndPrint(*options.factory, {.operation = "listTriggers"}, options.window,
                      {.columns = TriggerColumns()},
                      "There are no triggers: notifyctl trigger put -f FILE");
}

}  // namespace notify::cli::trigger
