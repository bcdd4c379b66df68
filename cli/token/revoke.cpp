#include "cli/token/revoke.hpp"

#include "cli/calls.hpp"

namespace notify::cli::token {

Command& AddTokenRevoke(Command& noun, Factory& factory, RunHook<TokenRevokeOptions> run) {
  auto& command = noun.Add("revoke", "Revoke all tokens of a user at once");
  auto& options = command.Own(TokenRevokeOptions{.factory = &factory});
  command.Option("--user", "USER", options.user, "whose tokens").Required();
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl token revoke --tenant blue --user alice",
                  "connections are closed, too");
  return command.Runs(options, std::move(run));
}

Status RunTokenRevoke(const TokenRevokeOptions& options) {
  const client::Request request{.operation = "revokeTokens", .path = {{"user", options.user}}};
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  return CallAndPrint(
      *options.factory, request,
      {.name_path = "user", .note = "The tokens of " + options.user + " are revoked."});
}

}  // namespace notify::cli::token
