#include "cli/tenant/delete.hpp"

#include "cli/calls.hpp"

namespace notify::cli::tenant {

Command& AddTenantDelete(Command& noun, Factory& factory, RunHook<TenantDeleteOptions> run) {
  auto& command = noun.Add("delete", "Delete a tenant with its events, keys and templates", {"rm"});
  auto& options = command.Own(TenantDeleteOptions{.factory = &factory});
  command.Argument("ID", options.id, "of the tenant").Required();
  command.Flag("-y,--yes", options.yes, "really delete it; nothing brings it back");
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl tenant delete blue --yes", "for good");
  return command.Runs(options, std::move(run));
}

Status RunTenantDelete(const TenantDeleteOptions& options) {
  const client::Request request{.operation = "deleteTenant", .path = {{"id", options.id}}};
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  if (!options.yes) {
    return Fail(Errc::kUsage, "This deletes the tenant " + options.id + " and all its data.",
                "notifyctl tenant delete " + options.id + " --yes");
  }
  return CallAndPrint(*options.factory, request,
                      {.note = "The tenant " + options.id + " is deleted."});
}

}  // namespace notify::cli::tenant
