#include "cli/tenant/create.hpp"

#include "cli/calls.hpp"

namespace notify::cli::tenant {

Command& AddTenantCreate(Command& noun, Factory& factory, RunHook<TenantCreateOptions> run) {
  auto& command = noun.Add("create", "Create a tenant from flags or a file");
  auto& options = command.Own(TenantCreateOptions{.factory = &factory});
  command.Describe(
      "The file has the members id, name, tier, hosts, config and limits, in YAML or JSON, and may "
      "begin with apiVersion and kind. Flags win over the file.");
  AddDescription(command, options.description);
  command.Flag("--if-not-exists", options.if_not_exists, "do nothing where it exists already");
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl tenant create blue", "with the defaults");
  command.Example("notifyctl tenant create -f blue.yaml --if-not-exists -o json",
                  "in a script that may run twice");
  command.Example(
      "notifyctl tenant create blue --host blue.smartpay.com --limit eventsPerSecond=500",
      "with a host name and a limit");
  return command.Runs(options, std::move(run));
}

Status RunTenantCreate(const TenantCreateOptions& options) {
  auto& factory = *options.factory;
  const auto body = DescriptionBody(factory, options.description);
  if (!body) return body.error();
  const client::Request request{.operation = "createTenant", .body = body->Compact()};
  if (options.dry_run) return PrintDryRun(factory, request);
  const auto id = body->Text("id");
  auto done =
      CallAndPrint(factory, request,
                   {.columns = TenantColumns(),
                    .note = "Next: notifyctl key create --tenant " + id + " --role publisher"});
  if (done || !options.if_not_exists || done.error().code != Errc::kTenantExists) return done;
  return CallAndPrint(factory, {.operation = "getTenant", .path = {{"id", id}}},
                      {.columns = TenantColumns(), .note = "It exists already."});
}

}  // namespace notify::cli::tenant
