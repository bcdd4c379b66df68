#include "cli/token/create.hpp"

#include <array>

#include "cli/calls.hpp"
#include "common/units.hpp"

namespace notify::cli::token {
namespace {

constexpr std::array<output::Column, 4> kLines = {
    {{"USER", "user"}, {"ROLES", "roles"}, {"EXPIRES", "expiresAt"}, {"TOKEN", "token"}}};

Value SplitRoles(std::string_view text) {
  auto roles = Value::Array();
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    if (comma > 0) roles.Add(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return roles;
}

}  // namespace

Command& AddTokenCreate(Command& noun, Factory& factory, RunHook<TokenCreateOptions> run) {
  auto& command = noun.Add("create", "Create a hub token for a user");
  auto& options = command.Own(TokenCreateOptions{.factory = &factory});
  command.Option("--user", "USER", options.user, "whom it speaks for").Required();
  command.Option("--role", "ROLE", options.role, "one or more, with commas (default subscriber)");
  command.Option("--ttl", "DURATION", options.ttl,
                 "how long it is good: 1h (default), at most 24h");
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl token create --tenant blue --user alice --ttl 1h",
                  "for alice's browser");
  command.Example("notifyctl token create --tenant blue --user board --role viewer -o json",
                  "for a screen that shows everything");
  return command.Runs(options, std::move(run));
}

Status RunTokenCreate(const TokenCreateOptions& options) {
  auto body = Value::Object();
  body.Set("user", options.user);
  if (!options.role.empty()) body.Set("roles", SplitRoles(options.role));
  if (!options.ttl.empty()) {
    const auto ttl = ParseDuration(options.ttl);
    if (!ttl) return ttl.error();
    body.Set("ttlSeconds", std::chrono::ceil<std::chrono::seconds>(*ttl).count());
  }
  const client::Request request{.operation = "createToken", .body = body.Compact()};
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  return CallAndPrint(*options.factory, request, {.columns = kLines, .name_path = "token"});
}

}  // namespace notify::cli::token
