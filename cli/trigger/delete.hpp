#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::trigger {

struct TriggerDeleteOptions {
  Factory* factory = nullptr;
  std::string id;
  bool yes = false;
  bool dry_run = false;
};

Command& AddTriggerDelete(Command& noun, Factory& factory, RunHook<TriggerDeleteOptions> run);
/// Deletes a trigger. kUsage without `yes`.
Status RunTriggerDelete(const TriggerDeleteOptions& options);

}  // namespace notify::cli::trigger
