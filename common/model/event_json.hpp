#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/ids.hpp"
#include "common/model/event.hpp"

namespace notify {

/// What the agent adds to an envelope as it leaves (contract 4).
struct EventStamp {
  std::string_view tenant;
  Position position;  ///< Not written where the sequence is 0: a replayed event that is not stored.
  std::int64_t recorded_ms = 0;
  std::optional<Position> original;  ///< Of a replayed event: `replayed`, `originalepoch`, ….
  std::string_view replay_id;        ///< The id of a replayed event; empty: the event's own.
  std::string_view subscription;     ///< Added where the receiver has several.
};

/// Appends the envelope as one line of JSON.
void AppendEnvelope(std::string& out, const EventView& event, const EventStamp& stamp);

}  // namespace notify
