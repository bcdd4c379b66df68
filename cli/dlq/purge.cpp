#include "cli/dlq/purge.hpp"

#include <array>

#include "cli/calls.hpp"

namespace notify::cli::dlq {
namespace {

constexpr std::array<output::Column, 1> kCount = {{{"PURGED", "purged"}}};

}  // namespace

Command& AddDlqPurge(Command& noun, Factory& factory, RunHook<DlqPurgeOptions> run) {
  auto& command = noun.Add("purge", "Remove dead letters for good", {"delete", "rm"});
  auto& options = command.Own(DlqPurgeOptions{.factory = &factory});
  command.Argument("ID", options.id, "of one dead letter");
  command.Flag("--all", options.all, "all that match --kind and --consumer");
  AddFilter(command, options.filter);
  command.Flag("-y,--yes", options.yes, "really remove");
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl dlq purge --all --kind delivery --tenant blue --yes",
                  "all failed deliveries");
  return command.Runs(options, std::move(run));
}

Status RunDlqPurge(const DlqPurgeOptions& options) {
  if (options.id.empty() != options.all) {
    return Fail(Errc::kUsage, "Name one dead letter, or say --all.", "notifyctl dlq list");
  }
  client::Request request{.operation = options.all ? "purgeDeadLetters" : "deleteDeadLetter"};
  if (options.all) {
    ApplyFilter(options.filter, request);
  } else {
    request.path = {{"id", options.id}};
  }
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  if (!options.yes) {
    return Fail(
        Errc::kUsage,
        options.all ? "This removes all dead letters that match."
                    : "This removes the dead letter " + options.id + ".",
        "notifyctl dlq purge " + (options.all ? std::string("--all") : options.id) + " --yes");
  }
  if (options.all)
    return CallAndPrint(*options.factory, request, {.columns = kCount, .name_path = "purged"});
  return CallAndPrint(*options.factory, request,
                      {.note = "The dead letter " + options.id + " is removed."});
}

}  // namespace notify::cli::dlq
