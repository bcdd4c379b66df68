#include "cli/dlq/show.hpp"

#include "cli/calls.hpp"
#include "cli/dlq/filter.hpp"

namespace notify::cli::dlq {

Command& AddDlqShow(Command& noun, Factory& factory, RunHook<DlqShowOptions> run) {
  auto& command = noun.Add("show", "Show a dead letter with its event", {"get"});
  auto& options = command.Own(DlqShowOptions{.factory = &factory});
  command.Argument("ID", options.id, "of the dead letter").Required();
  command.Example("notifyctl dlq show ID --tenant blue -o yaml", "with the whole event");
  return command.Runs(options, std::move(run));
}

Status RunDlqShow(const DlqShowOptions& options) {
  return CallAndPrint(*options.factory,
                      {.operation = "getDeadLetter", .path = {{"id", options.id}}},
                      {.columns = DeadLetterColumns()});
}

}  // namespace notify::cli::dlq
