#pragma once

#include <string>
#include <vector>

#include "cli/calls.hpp"
#include "cli/command.hpp"
#include "cli/event/filter.hpp"
#include "cli/factory.hpp"

namespace notify::cli::event {

struct EventListOptions {
  Factory* factory = nullptr;
  Filter filter;
  ListWindow window;
  bool raw = false;                   ///< As they are stored.
  bool scheduled = false;             ///< What waits for its time, rather than the log.
  std::vector<std::string> statuses;  ///< Of scheduled ones; empty: those that wait.
};

Command& AddEventList(Command& noun, Factory& factory, RunHook<EventListOptions> run);
/// Lists events, ascending; without a start the last ones that match. With `scheduled`, what
/// waits for its time.
Status RunEventList(const EventListOptions& options);

}  // namespace notify::cli::event
