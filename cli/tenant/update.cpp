#include "cli/tenant/update.hpp"

#include "cli/calls.hpp"

namespace notify::cli::tenant {

Command& AddTenantUpdate(Command& noun, Factory& factory, RunHook<TenantUpdateOptions> run) {
  auto& command = noun.Add("update", "Replace the members of a tenant that are given");
  auto& options = command.Own(TenantUpdateOptions{.factory = &factory});
  AddDescription(command, options.description);
  AddDryRun(command, options.dry_run);
  command.Example(
      "notifyctl tenant update blue --limit eventsPerSecond=500 --limit eventsBurst=1000",
      "set its limits; the limits not given are then the defaults");
  command.Example("notifyctl tenant update -f blue.yaml --dry-run", "see what would be sent");
  return command.Runs(options, std::move(run));
}

Status RunTenantUpdate(const TenantUpdateOptions& options) {
  auto& factory = *options.factory;
  auto body = DescriptionBody(factory, options.description);
  if (!body) return std::move(body.error());
  const auto id = body->Text("id");
  body->Remove("id");
  if (body->members().empty()) {
    return Fail(Errc::kUsage, "Nothing to change was given.", "notifyctl tenant update --help");
  }
  const client::Request request{
      .operation = "updateTenant", .path = {{"id", id}}, .body = body->Compact()};
  if (options.dry_run) return PrintDryRun(factory, request);
  return CallAndPrint(factory, request, {.columns = TenantColumns()});
}

}  // namespace notify::cli::tenant
