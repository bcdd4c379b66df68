#include "cli/key/revoke.hpp"

#include "cli/calls.hpp"

namespace notify::cli::key {

Command& AddKeyRevoke(Command& noun, Factory& factory, RunHook<KeyRevokeOptions> run) {
  auto& command = noun.Add("revoke", "Revoke an API key at once", {"delete", "rm"});
  auto& options = command.Own(KeyRevokeOptions{.factory = &factory});
  command.Argument("ID", options.id, "of the key, as `key list` shows it").Required();
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl key revoke 01j9 --tenant blue", "requests with it are refused now");
  return command.Runs(options, std::move(run));
}

Status RunKeyRevoke(const KeyRevokeOptions& options) {
  const client::Request request{.operation = "revokeKey", .path = {{"id", options.id}}};
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  return CallAndPrint(*options.factory, request, {.note = "The key is revoked."});
}

}  // namespace notify::cli::key
