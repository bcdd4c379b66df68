#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::event {

struct EventStatusOptions {
  Factory* factory = nullptr;
  std::string id;
  std::string source;
};

Command& AddEventStatus(Command& noun, Factory& factory, RunHook<EventStatusOptions> run);
/// Shows how far an event is: PENDING, PROCESSING, COMPLETED, FAILED or CANCELLED. kNotFound.
Status RunEventStatus(const EventStatusOptions& options);

}  // namespace notify::cli::event
