#pragma once

#include <string>

#include "cli/calls.hpp"
#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::audit {

struct AuditListOptions {
  Factory* factory = nullptr;
  std::string since;
  std::string until;
  std::string action;
  std::string result;
  ListWindow window;
};

Command& AddAuditList(Command& noun, Factory& factory, RunHook<AuditListOptions> run);
/// Lists audit records: a tenant's chain, or with no tenant all chains by time.
Status RunAuditList(const AuditListOptions& options);

}  // namespace notify::cli::audit
