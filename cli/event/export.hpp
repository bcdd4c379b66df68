#pragma once

#include <cstdint>
#include <optional>

#include "cli/command.hpp"
#include "cli/event/filter.hpp"
#include "cli/factory.hpp"

namespace notify::cli::event {

struct EventExportOptions {
  Factory* factory = nullptr;
  Filter filter;
  std::optional<std::int64_t> limit;  ///< None: all that match.
  bool raw = false;                   ///< As they are stored.
};

Command& AddEventExport(Command& noun, Factory& factory, RunHook<EventExportOptions> run);
/// Writes the events that match to standard output, an envelope a line, as the agent reads them.
/// kAgentUnreachable where that was cut off.
Status RunEventExport(const EventExportOptions& options);

}  // namespace notify::cli::event
