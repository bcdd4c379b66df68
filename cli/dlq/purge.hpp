#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/dlq/filter.hpp"
#include "cli/factory.hpp"

namespace notify::cli::dlq {

struct DlqPurgeOptions {
  Factory* factory = nullptr;
  std::string id;
  bool all = false;
  Filter filter;
  bool yes = false;
  bool dry_run = false;
};

Command& AddDlqPurge(Command& noun, Factory& factory, RunHook<DlqPurgeOptions> run);
/// Remove dead letters for good: the one named, or `all` that match. kUsage without `yes`.
Status RunDlqPurge(const DlqPurgeOptions& options);

}  // namespace notify::cli::dlq
