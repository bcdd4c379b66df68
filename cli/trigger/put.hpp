#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::trigger {

struct TriggerPutOptions {
  Factory* factory = nullptr;
  std::string file;
  std::string id;
  bool dry_run = false;
};

Command& AddTriggerPut(Command& noun, Factory& factory, RunHook<TriggerPutOptions> run);
/// Creates or replaces the trigger in a file. kUsage where neither the file nor `id` names it.
Status RunTriggerPut(const TriggerPutOptions& options);

}  // namespace notify::cli::trigger
