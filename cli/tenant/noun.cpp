#include "cli/tenant/noun.hpp"

#include "cli/tenant/create.hpp"
#include "cli/tenant/delete.hpp"
#include "cli/tenant/get.hpp"
#include "cli/tenant/list.hpp"
#include "cli/tenant/resume.hpp"
#include "cli/tenant/suspend.hpp"
#include "cli/tenant/update.hpp"

namespace notify::cli::tenant {

void AddNoun(Command& root, Factory& factory) {
  auto& noun = root.Add("tenant", "Tenants: whose events, keys and templates are kept apart",
                        {"tenants", "tn"});
  AddTenantCreate(noun, factory, RunTenantCreate);
  AddTenantList(noun, factory, RunTenantList);
  AddTenantGet(noun, factory, RunTenantGet);
  AddTenantUpdate(noun, factory, RunTenantUpdate);
  AddTenantSuspend(noun, factory, RunTenantSuspend);
  AddTenantResume(noun, factory, RunTenantResume);
  AddTenantDelete(noun, factory, RunTenantDelete);
}

}  // namespace notify::cli::tenant
