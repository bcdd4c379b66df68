#pragma once

#include "cli/event/replay.hpp"
#include "cli/value.hpp"

namespace notify::cli::event {

/// Whether the options say one thing, and all of it. kUsage.
Status CheckReplay(const EventReplayOptions& options);

/// The body of `POST /api/events/replay`.
Value ReplayBody(const EventReplayOptions& options);

}  // namespace notify::cli::event
