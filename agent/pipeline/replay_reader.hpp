#pragma once

#include <optional>
#include <vector>

#include "agent/flow/event_source.hpp"
#include "agent/replay/selection.hpp"

namespace notify::agent::pipeline {

/// One event that is to be replayed.
struct PickedEvent {
  Position position;
  std::int64_t recorded_ms = 0;
  BatchPtr batch;  ///< Holds its record.
  std::size_t index = 0;
  bool copy = false;  ///< Of an event of the same range, which is replayed itself.

  /// The event; its views live as long as the batch.
  EventView View() const;
};

/// What one page of the log holds of a selection.
struct PickedPage {
  std::vector<PickedEvent> events;
  Position after;  ///< The last event looked at, at most the selection's last.
  std::optional<Gap> gap;
  bool over = false;  ///< Nothing follows.
};

/// Reads one page, at most 256 KiB, after a position. `start` is where the range begins.
async::Task<Result<PickedPage>> ReadPicked(EventSource& events, TenantHandle tenant,
                                           const replay::Selection& selection, Position start,
                                           Position after);

}  // namespace notify::agent::pipeline
