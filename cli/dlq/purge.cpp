#include "cli/dlq/purge.hpp"

#include <utility>

namespace notify::cli::dlq {

Command& AddDlqPurge(Command& noun, Factory& factory, RunHook<DlqPurgeOptions> run) {
  auto& command = noun.Add("purge", "Remove dead letters for good", {"delete", "rm"});
  auto& options = command.Own(DlqPurgeOptions{.factory = &factory});
  AddSelection(command, options, "really remove");
  command.Example("notifyctl dlq purge --all --kind delivery --tenant blue --yes",
                  "all failed deliveries");
  return command.Runs(options, std::move(run));
}

Status RunDlqPurge(const DlqPurgeOptions& options) {
  const auto request = RequestFor(options, "deleteDeadLetter", "purgeDeadLetters");
  if (!request) return request.error();
  if (options.dry_run) return PrintDryRun(*options.factory, *request);
  if (!options.yes) return NeedsYes(options, "purge", "removes");
  return CallFor(options, *request, {"PURGED", "purged"}, "removed");
}

}  // namespace notify::cli::dlq
