#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::event {

struct EventCancelOptions {
  Factory* factory = nullptr;
  std::string id;
  std::string source;
  bool dry_run = false;
};

Command& AddEventCancel(Command& noun, Factory& factory, RunHook<EventCancelOptions> run);
/// Cancels an event that waits for its time. kConflict where it is sent already; kNotFound.
Status RunEventCancel(const EventCancelOptions& options);

}  // namespace notify::cli::event
