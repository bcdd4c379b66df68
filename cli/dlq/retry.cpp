#include "cli/dlq/retry.hpp"

#include <array>

#include "cli/calls.hpp"

namespace notify::cli::dlq {
namespace {

constexpr std::array<output::Column, 1> kCount = {{{"RETRIED", "retried"}}};

}  // namespace

Command& AddDlqRetry(Command& noun, Factory& factory, RunHook<DlqRetryOptions> run) {
  auto& command =
      noun.Add("retry", "Give dead letters back to their consumer or channel", {"redrive"});
  auto& options = command.Own(DlqRetryOptions{.factory = &factory});
  command.Argument("ID", options.id, "of one dead letter");
  command.Flag("--all", options.all, "all that match --kind and --consumer");
  AddFilter(command, options.filter);
  command.Flag("-y,--yes", options.yes, "really give all of them back");
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl dlq retry --all --consumer billing --tenant blue --yes",
                  "everything that this consumer did not get done");
  return command.Runs(options, std::move(run));
}

Status RunDlqRetry(const DlqRetryOptions& options) {
  if (options.id.empty() != options.all) {
    return Fail(Errc::kUsage, "Name one dead letter, or say --all.", "notifyctl dlq list");
  }
  client::Request request{.operation = options.all ? "retryDeadLetters" : "retryDeadLetter"};
  if (options.all) {
    ApplyFilter(options.filter, request);
  } else {
    request.path = {{"id", options.id}};
  }
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  if (options.all && !options.yes) {
    return Fail(
        Errc::kUsage,
        options.all ? "This gives back all dead letters that match."
                    : "This gives back the dead letter " + options.id + ".",
        "notifyctl dlq retry " + (options.all ? std::string("--all") : options.id) + " --yes");
  }
  if (options.all)
    return CallAndPrint(*options.factory, request, {.columns = kCount, .name_path = "retried"});
  return CallAndPrint(*options.factory, request,
                      {.note = "The dead letter " + options.id + " is given back."});
}

}  // namespace notify::cli::dlq
