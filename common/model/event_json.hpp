#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/ids.hpp"
#include "common/model/event.hpp"

namespace notify {

/// The text of stamps of which many in a row say the same of tenant, epoch and time: it is made
/// once.
///
/// Threads:  one at a time.
class StampText {
 public:
  /// `,"tenant":"…","epoch":…,"sequence":`
  std::string_view BeforeSequence(std::string_view tenant, Epoch epoch);
  /// `,"recordedtime":"…"`
  std::string_view RecordedTime(std::int64_t recorded_ms);

 private:
  std::string tenant_;
  Epoch epoch_;
  std::string before_sequence_;
  std::int64_t recorded_ms_ = 0;
  std::string recorded_time_;
};

/// What the agent adds to an envelope as it leaves (contract 4).
struct EventStamp {
  std::string_view tenant;
  Position position;  ///< Not written where the sequence is 0: a replayed event that is not stored.
  std::int64_t recorded_ms = 0;
  std::optional<Position> original;  ///< Of a replayed event: `replayed`, `originalepoch`, ….
  std::string_view replay_id;        ///< The id of a replayed event; empty: the event's own.
  std::string_view subscription;     ///< Added where the receiver has several.
  StampText* text = nullptr;         ///< Where many events are written in a row.
};

/// Appends the envelope as one line of JSON.
void AppendEnvelope(std::string& out, const EventView& event, const EventStamp& stamp);

}  // namespace notify
