#include "cli/dlq/retry.hpp"

#include <utility>

namespace notify::cli::dlq {

Command& AddDlqRetry(Command& noun, Factory& factory, RunHook<DlqRetryOptions> run) {
  auto& command =
      noun.Add("retry", "Give dead letters back to their consumer or channel", {"redrive"});
  auto& options = command.Own(DlqRetryOptions{.factory = &factory});
  AddSelection(command, options, "really give all of them back");
  command.Example("notifyctl dlq retry --all --consumer billing --tenant blue --yes",
                  "everything that this consumer did not get done");
  return command.Runs(options, std::move(run));
}

Status RunDlqRetry(const DlqRetryOptions& options) {
  const auto request = RequestFor(options, "retryDeadLetter", "retryDeadLetters");
  if (!request) return request.error();
  if (options.dry_run) return PrintDryRun(*options.factory, *request);
  if (options.all && !options.yes) return NeedsYes(options, "retry", "gives back");
  return CallFor(options, *request, {"RETRIED", "retried"}, "given back");
}

}  // namespace notify::cli::dlq
