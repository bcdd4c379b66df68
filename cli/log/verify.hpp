#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::log {

struct LogVerifyOptions {
  Factory* factory = nullptr;
};

Command& AddLogVerify(Command& noun, Factory& factory, RunHook<LogVerifyOptions> run);
/// Has the agent read and prove every block of a tenant's log. Exit code 1 where something is
/// damaged.
Status RunLogVerify(const LogVerifyOptions& options);

}  // namespace notify::cli::log
