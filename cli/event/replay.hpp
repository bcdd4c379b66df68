#pragma once

#include <optional>
#include <string>

#include "cli/command.hpp"
#include "cli/event/filter.hpp"
#include "cli/factory.hpp"

namespace notify::cli::event {

struct EventReplayOptions {
  Factory* factory = nullptr;
  Filter filter;
  std::string last;  ///< A position, inclusive: where the range ends.
  std::string to_subscription;
  std::string to_user;
  std::optional<std::int64_t> rate;
  std::string speed;
  bool plan = false;
  bool yes = false;
};

Command& AddEventReplay(Command& noun, Factory& factory, RunHook<EventReplayOptions> run);
/// Sends a range of the log again to one subscription or user, marked as replayed; with `plan` only
/// says what that would be. kUsage without a target, a range, or one of `plan` and `yes`.
Status RunEventReplay(const EventReplayOptions& options);

}  // namespace notify::cli::event
