#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::tenant {

struct TenantSuspendOptions {
  Factory* factory = nullptr;
  std::string id;
  bool dry_run = false;
};

Command& AddTenantSuspend(Command& noun, Factory& factory, RunHook<TenantSuspendOptions> run);
/// Has all requests of a tenant refused until it is resumed; its data stays.
Status RunTenantSuspend(const TenantSuspendOptions& options);

}  // namespace notify::cli::tenant
