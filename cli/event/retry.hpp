#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::event {

struct EventRetryOptions {
  Factory* factory = nullptr;
  std::string id;
  std::string source;
  bool dry_run = false;
};

Command& AddEventRetry(Command& noun, Factory& factory, RunHook<EventRetryOptions> run);
/// Tries again what failed of an event's deliveries. kConflict where nothing failed; kNotFound.
Status RunEventRetry(const EventRetryOptions& options);

}  // namespace notify::cli::event
