#include "cli/tenant/list.hpp"

#include "cli/tenant/description.hpp"

namespace notify::cli::tenant {

Command& AddTenantList(Command& noun, Factory& factory, RunHook<TenantListOptions> run) {
  auto& command = noun.Add("list", "List tenants", {"ls"});
  auto& options = command.Own(TenantListOptions{.factory = &factory});
  AddListWindow(command, options.window);
  command.Example("notifyctl tenant list", "a line each");
  command.Example("notifyctl tenant list --limit 5000 -o name", "all ids, for a script");
  return command.Runs(options, std::move(run));
}

Status RunTenantList(const TenantListOptions& options) {
  return ListAndPrint(*options.factory, {.operation = "listTenants"}, options.window,
                      {.columns = TenantColumns()},
                      "There are no tenants: notifyctl tenant create ID");
}

}  // namespace notify::cli::tenant
