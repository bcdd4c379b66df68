#pragma once

#include "cli/calls.hpp"
#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::trigger {

struct TriggerListOptions {
  Factory* factory = nullptr;
  ListWindow window;
};

Command& AddTriggerList(Command& noun, Factory& factory, RunHook<TriggerListOptions> run);
/// Lists the triggers of a tenant.
Status RunTriggerList(const TriggerListOptions& options);

}  // namespace notify::cli::trigger
