#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::log {

struct LogReleaseOptions {
  Factory* factory = nullptr;
  bool yes = false;
  bool dry_run = false;
};

Command& AddLogRelease(Command& noun, Factory& factory, RunHook<LogReleaseOptions> run);
/// Ends the legal hold of a tenant's log. kUsage without `yes`.
Status RunLogRelease(const LogReleaseOptions& options);

}  // namespace notify::cli::log
