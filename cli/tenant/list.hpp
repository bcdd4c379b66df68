#pragma once

#include "cli/calls.hpp"
#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::tenant {

struct TenantListOptions {
  Factory* factory = nullptr;
  ListWindow window;
};

Command& AddTenantList(Command& noun, Factory& factory, RunHook<TenantListOptions> run);
/// Lists tenants.
Status RunTenantList(const TenantListOptions& options);

}  // namespace notify::cli::tenant
