#include "cli/tenant/resume.hpp"

#include "cli/calls.hpp"
#include "cli/tenant/description.hpp"

namespace notify::cli::tenant {

Command& AddTenantResume(Command& noun, Factory& factory, RunHook<TenantResumeOptions> run) {
  auto& command = noun.Add("resume", "Serve a suspended tenant again");
  auto& options = command.Own(TenantResumeOptions{.factory = &factory});
  command.Argument("ID", options.id, "of the tenant").Required();
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl tenant resume blue", "after `notifyctl tenant suspend blue`");
  return command.Runs(options, std::move(run));
}

Status RunTenantResume(const TenantResumeOptions& options) {
  const client::Request request{.operation = "resumeTenant", .path = {{"id", options.id}}};
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  return CallAndPrint(*options.factory, request, {.columns = TenantColumns()});
}

}  // namespace notify::cli::tenant
