#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::log {

struct LogStatOptions {
  Factory* factory = nullptr;
};

Command& AddLogStat(Command& noun, Factory& factory, RunHook<LogStatOptions> run);
/// Shows where the events of a tenant's log lie.
Status RunLogStat(const LogStatOptions& options);

}  // namespace notify::cli::log
