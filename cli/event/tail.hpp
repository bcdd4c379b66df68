#pragma once

#include <optional>
#include <string>

#include "cli/command.hpp"
#include "cli/event/filter.hpp"
#include "cli/factory.hpp"

namespace notify::cli::event {

struct EventTailOptions {
  Factory* factory = nullptr;
  Filter filter;
  std::string state;
  std::optional<std::int64_t> limit;
  bool exit_on_gap = false;
};

Command& AddEventTail(Command& noun, Factory& factory, RunHook<EventTailOptions> run);
/// Prints events as they come, until `limit`, a signal (kInterrupted) or a refusal. Connects again
/// by itself behind the last line written. kGap with `exit_on_gap`.
Status RunEventTail(const EventTailOptions& options);

}  // namespace notify::cli::event
