#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::trigger {

struct TriggerGetOptions {
  Factory* factory = nullptr;
  std::string id;
};

Command& AddTriggerGet(Command& noun, Factory& factory, RunHook<TriggerGetOptions> run);
/// Shows a trigger. kNotFound where there is none of that id.
Status RunTriggerGet(const TriggerGetOptions& options);

}  // namespace notify::cli::trigger
