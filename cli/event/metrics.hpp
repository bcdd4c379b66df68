#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::event {

struct EventMetricsOptions {
  Factory* factory = nullptr;
  std::string since;
  std::string until;
};

Command& AddEventMetrics(Command& noun, Factory& factory, RunHook<EventMetricsOptions> run);
/// Shows rate, lag and success of event processing of one tenant.
Status RunEventMetrics(const EventMetricsOptions& options);

}  // namespace notify::cli::event
