#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::log {

struct LogHoldOptions {
  Factory* factory = nullptr;
  std::string reason;
  bool dry_run = false;
};

Command& AddLogHold(Command& noun, Factory& factory, RunHook<LogHoldOptions> run);
/// Keeps all of a tenant's log from retention until it is released.
Status RunLogHold(const LogHoldOptions& options);

}  // namespace notify::cli::log
