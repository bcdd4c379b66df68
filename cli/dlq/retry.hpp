#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/dlq/filter.hpp"
#include "cli/factory.hpp"

namespace notify::cli::dlq {

struct DlqRetryOptions {
  Factory* factory = nullptr;
  std::string id;
  bool all = false;
  Filter filter;
  bool yes = false;
  bool dry_run = false;
};

Command& AddDlqRetry(Command& noun, Factory& factory, RunHook<DlqRetryOptions> run);
/// Give dead letters back to their consumer or channel: the one named, or `all` that match. kUsage
/// without `yes` for all.
Status RunDlqRetry(const DlqRetryOptions& options);

}  // namespace notify::cli::dlq
