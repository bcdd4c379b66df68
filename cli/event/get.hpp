#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::event {

struct EventGetOptions {
  Factory* factory = nullptr;
  std::string id;
  std::string source;
  bool raw = false;  ///< As it is stored.
};

Command& AddEventGet(Command& noun, Factory& factory, RunHook<EventGetOptions> run);
/// Shows an event and what came of it: rules, deliveries, connections.
Status RunEventGet(const EventGetOptions& options);

}  // namespace notify::cli::event
