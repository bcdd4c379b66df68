#include "cli/tenant/suspend.hpp"

#include "cli/calls.hpp"
#include "cli/tenant/description.hpp"

namespace notify::cli::tenant {

Command& AddTenantSuspend(Command& noun, Factory& factory, RunHook<TenantSuspendOptions> run) {
  auto& command = noun.Add("suspend", "Refuse all requests of a tenant; its data stays");
  auto& options = command.Own(TenantSuspendOptions{.factory = &factory});
  command.Argument("ID", options.id, "of the tenant").Required();
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl tenant suspend blue", "until `notifyctl tenant resume blue`");
  return command.Runs(options, std::move(run));
}

Status RunTenantSuspend(const TenantSuspendOptions& options) {
  const client::Request request{.operation = "suspendTenant", .path = {{"id", options.id}}};
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  return CallAndPrint(*options.factory, request, {.columns = TenantColumns()});
}

}  // namespace notify::cli::tenant
