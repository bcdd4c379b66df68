#pragma once

#include "cli/calls.hpp"
#include "cli/command.hpp"
#include "cli/event/filter.hpp"
#include "cli/factory.hpp"

namespace notify::cli::event {

struct EventListOptions {
  Factory* factory = nullptr;
  Filter filter;
  ListWindow window;
};

Command& AddEventList(Command& noun, Factory& factory, RunHook<EventListOptions> run);
/// Lists events, ascending; without a start the last ones that match.
Status RunEventList(const EventListOptions& options);

}  // namespace notify::cli::event
