#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"
#include "cli/tenant/description.hpp"

namespace notify::cli::tenant {

struct TenantUpdateOptions {
  Factory* factory = nullptr;
  Description description;
  bool dry_run = false;
};

Command& AddTenantUpdate(Command& noun, Factory& factory, RunHook<TenantUpdateOptions> run);
/// Replaces the members that were given and prints the tenant.
Status RunTenantUpdate(const TenantUpdateOptions& options);

}  // namespace notify::cli::tenant
