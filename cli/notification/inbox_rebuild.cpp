#include "cli/notification/inbox_rebuild.hpp"

#include <array>

#include "cli/calls.hpp"

namespace notify::cli::notification {
namespace {

constexpr std::array<output::Column, 1> kColumns = {{{"REBUILT", "rebuilt"}}};

}  // namespace

Command& AddInboxRebuild(Command& inbox, Factory& factory, RunHook<InboxRebuildOptions> run) {
  auto& command = inbox.Add("rebuild", "Build the inboxes of a tenant from its log again");
  auto& options = command.Own(InboxRebuildOptions{.factory = &factory});
  command.Describe(
      "They are the same afterwards: this is for a state.db that was damaged. It is refused where "
      "the log no longer begins at its first event, because what came before would be lost.");
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl notification inbox rebuild --tenant blue", "of all its users");
  return command.Runs(options, std::move(run));
}

Status RunInboxRebuild(const InboxRebuildOptions& options) {
  const client::Request request{.operation = "rebuildInboxes"};
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  return CallAndPrint(*options.factory, request, {.columns = kColumns, .name_path = "rebuilt"});
}

}  // namespace notify::cli::notification
