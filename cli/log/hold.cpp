#include "cli/log/hold.hpp"

#include "cli/calls.hpp"

namespace notify::cli::log {

Command& AddLogHold(Command& noun, Factory& factory, RunHook<LogHoldOptions> run) {
  auto& command = noun.Add("hold", "Keep all of a tenant's log from retention (legal hold)");
  auto& options = command.Own(LogHoldOptions{.factory = &factory});
  command.Option("--reason", "TEXT", options.reason, "why; `log stat` shows it").Required();
  AddDryRun(command, options.dry_run);
  command.Describe(
      "No event is removed, however old or many they are, until `log release`. Where the tenant "
      "reaches its storage limit meanwhile, new events are refused. Both are audited.");
  command.Example("notifyctl log hold --tenant blue --reason 'case 2026-17'",
                  "nothing of blue is removed from now on");
  return command.Runs(options, std::move(run));
}

Status RunLogHold(const LogHoldOptions& options) {
  auto body = Value::Object();
  body.SetText("reason", options.reason);
  const client::Request request{.operation = "holdLog", .body = body.Compact()};
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  return CallAndPrint(*options.factory, request,
                      {.name_path = "tenant", .note = "Nothing of the log is removed now."});
}

}  // namespace notify::cli::log
