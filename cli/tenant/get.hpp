#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::tenant {

struct TenantGetOptions {
  Factory* factory = nullptr;
  std::string id;
};

Command& AddTenantGet(Command& noun, Factory& factory, RunHook<TenantGetOptions> run);
/// Shows a tenant. kTenantNotFound where there is none of that id.
Status RunTenantGet(const TenantGetOptions& options);

}  // namespace notify::cli::tenant
