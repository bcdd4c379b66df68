#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::tenant {

struct TenantDeleteOptions {
  Factory* factory = nullptr;
  std::string id;
  bool yes = false;
  bool dry_run = false;
};

Command& AddTenantDelete(Command& noun, Factory& factory, RunHook<TenantDeleteOptions> run);
/// Deletes a tenant with its events, keys and templates. kUsage without `yes`.
Status RunTenantDelete(const TenantDeleteOptions& options);

}  // namespace notify::cli::tenant
