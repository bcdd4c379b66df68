#include "cli/dlq/list.hpp"

namespace notify::cli::dlq {

Command& AddDlqList(Command& noun, Factory& factory, RunHook<DlqListOptions> run) {
  auto& command = noun.Add("list", "List dead letters, oldest first", {"ls"});
  auto& options = command.Own(DlqListOptions{.factory = &factory});
  AddFilter(command, options.filter);
  AddListWindow(command, options.window);
  command.Example("notifyctl dlq list --tenant blue --consumer billing",
                  "what this consumer did not get done");
  return command.Runs(options, std::move(run));
}

Status RunDlqList(const DlqListOptions& options) {
  client::Request request{.operation = "listDeadLetters"};
  ApplyFilter(options.filter, request);
  return ListAndPrint(*options.factory, request, options.window, {.columns = DeadLetterColumns()},
                      "There are no dead letters.");
}

}  // namespace notify::cli::dlq
