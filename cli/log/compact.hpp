#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::log {

struct LogCompactOptions {
  Factory* factory = nullptr;
  bool dry_run = false;
  bool no_wait = false;
};

Command& AddLogCompact(Command& noun, Factory& factory, RunHook<LogCompactOptions> run);
/// Has the agent compact a tenant's segments, and waits until it is done. kInterrupted where a
/// signal ends the waiting; the agent goes on then.
Status RunLogCompact(const LogCompactOptions& options);

}  // namespace notify::cli::log
