#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"
#include "cli/tenant/description.hpp"

namespace notify::cli::tenant {

struct TenantCreateOptions {
  Factory* factory = nullptr;
  Description description;
  bool if_not_exists = false;
  bool dry_run = false;
};

Command& AddTenantCreate(Command& noun, Factory& factory, RunHook<TenantCreateOptions> run);
/// Creates a tenant and prints it. kTenantExists where there is one, unless `if_not_exists`, which
/// prints the one that is there.
Status RunTenantCreate(const TenantCreateOptions& options);

}  // namespace notify::cli::tenant
