#include "cli/log/release.hpp"

#include "cli/calls.hpp"

namespace notify::cli::log {

Command& AddLogRelease(Command& noun, Factory& factory, RunHook<LogReleaseOptions> run) {
  auto& command = noun.Add("release", "End the legal hold of a tenant's log");
  auto& options = command.Own(LogReleaseOptions{.factory = &factory});
  command.Flag("-y,--yes", options.yes, "really let what is too old go");
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl log release --tenant blue --yes", "retention goes on");
  return command.Runs(options, std::move(run));
}

Status RunLogRelease(const LogReleaseOptions& options) {
  const client::Request request{.operation = "releaseLog"};
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  if (!options.yes) {
    return Fail(Errc::kUsage, "This lets retention remove what the hold has kept, for good.",
                "notifyctl log release --yes");
  }
  return CallAndPrint(*options.factory, request,
                      {.name_path = "tenant", .note = "The log is not held any more."});
}

}  // namespace notify::cli::log
