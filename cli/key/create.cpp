#include "cli/key/create.hpp"

#include <array>

#include "cli/calls.hpp"

namespace notify::cli::key {
namespace {

constexpr std::array<output::Column, 5> kLines = {
    {{"ID", "id"}, {"TENANT", "tenant"}, {"ROLE", "role"}, {"NAME", "name"}, {"KEY", "key"}}};

}  // namespace

Command& AddKeyCreate(Command& noun, Factory& factory, RunHook<KeyCreateOptions> run) {
  auto& command = noun.Add("create", "Create an API key; it is shown this once");
  auto& options = command.Own(KeyCreateOptions{.factory = &factory});
  command.Describe(
      "Roles: viewer reads, publisher publishes and sends, tenant-admin also manages keys, "
      "templates and triggers, platform-admin manages tenants. Several: --role viewer,publisher.");
  command.Option("--role", "ROLE", options.role, "one or more, with commas").Required();
  command.Option("--name", "TEXT", options.name, "to know it by later");
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl key create --tenant blue --role publisher --name checkout",
                  "for a service that publishes");
  command.Example("KEY=$(notifyctl key create --tenant blue --role viewer -o json | jq -r .key)",
                  "in a script");
  return command.Runs(options, std::move(run));
}

Status RunKeyCreate(const KeyCreateOptions& options) {
  auto body = Value::Object();
  body.Set("role", options.role).SetText("name", options.name);
  const client::Request request{.operation = "createKey", .body = body.Compact()};
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  return CallAndPrint(*options.factory, request,
                      {.columns = kLines, .note = "Keep the key: it is not shown again."});
}

}  // namespace notify::cli::key
