#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::tenant {

struct TenantResumeOptions {
  Factory* factory = nullptr;
  std::string id;
  bool dry_run = false;
};

Command& AddTenantResume(Command& noun, Factory& factory, RunHook<TenantResumeOptions> run);
/// Serves a suspended tenant again.
Status RunTenantResume(const TenantResumeOptions& options);

}  // namespace notify::cli::tenant
