#pragma once

#include <optional>
#include <string>

#include "cli/calls.hpp"
#include "cli/command.hpp"
#include "cli/event/filter.hpp"
#include "cli/factory.hpp"

namespace notify::cli::event {

struct EventReplayOptions {
  Factory* factory = nullptr;
  Filter filter;
  std::string last;  ///< A position, inclusive: where the range ends.
  bool by_event_time = false;
  std::string to_subscription;
  std::string to_user;
  std::string to_tenant;
  std::string to_url;
  std::string secret;  ///< Signs what goes to `to_url`.
  bool fire_triggers = false;
  std::optional<double> rate;
  std::string speed;
  bool plan = false;
  bool yes = false;
  bool detach = false;
  std::string resume;  ///< A token: go on with an interrupted replay.
  std::string cancel;  ///< A token: end it for good.
  std::string show;    ///< A token: how far it is.
  bool list = false;
  ListWindow window;
};

Command& AddEventReplay(Command& noun, Factory& factory, RunHook<EventReplayOptions> run);

/// Sends a range of the log again; with `plan` only says what that would be. Follows the replay to
/// its end, unless `detach`: an interrupt ends it with a token, and `resume` goes on with it.
///
/// kUsage        without a target, a range, or one of `plan` and `yes`.
/// kInterrupted  it ended before its range did; its hint is the command that goes on.
/// kInternal     the target did not take all events; the agent's log names them.
Status RunEventReplay(const EventReplayOptions& options);

}  // namespace notify::cli::event
