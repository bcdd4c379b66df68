#include "cli/tenant/get.hpp"

#include "cli/calls.hpp"
#include "cli/tenant/description.hpp"

namespace notify::cli::tenant {

Command& AddTenantGet(Command& noun, Factory& factory, RunHook<TenantGetOptions> run) {
  auto& command = noun.Add("get", "Show a tenant", {"show"});
  auto& options = command.Own(TenantGetOptions{.factory = &factory});
  command.Argument("ID", options.id, "of the tenant").Required();
  command.Example("notifyctl tenant get blue -o yaml", "with its configuration and limits");
  return command.Runs(options, std::move(run));
}

Status RunTenantGet(const TenantGetOptions& options) {
  return CallAndPrint(*options.factory, {.operation = "getTenant", .path = {{"id", options.id}}},
                      {.columns = TenantColumns()});
}

}  // namespace notify::cli::tenant
