#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/ids.hpp"
#include "common/model/event.hpp"
#include "common/model/json_value.hpp"

namespace notify::agent::projection {

/// An event while projections look at it: its data is parsed once, when somebody first asks for it.
///
/// Lifetime: refers to the event.
/// Threads:  one.
class EventInHand {
 public:
  EventInHand(const EventView& event, Position position, std::int64_t recorded_ms)
      : event_(event), position_(position), recorded_ms_(recorded_ms) {}

  const EventView& event() const { return event_; }
  Position position() const { return position_; }
  std::int64_t recorded_ms() const { return recorded_ms_; }
  /// Null where it has no data, or other than JSON.
  const JsonValue* data() const;

 private:
  const EventView& event_;
  const Position position_;
  const std::int64_t recorded_ms_;
  mutable bool looked_ = false;
  mutable std::optional<JsonValue> data_;
};

/// A member of an event's envelope: an attribute, an extension, or something within its data.
///
/// Lifetime: a value type.
/// Threads:  any.
class Operand {
 public:
  /// `text` is a JSON Pointer into the envelope (`/data/amount`, `/subject`) or an attribute's bare
  /// name (`subject`). Nothing where it is neither.
  static std::optional<Operand> Parse(std::string_view text);

  /// Nothing where the event has no such member.
  std::optional<JsonValue> Read(const EventInHand& event) const;

  /// As it was written.
  const std::string& text() const { return text_; }

 private:
  enum class Kind : std::uint8_t { kData, kField, kExtension, kEpoch, kSequence, kRecorded };

  std::string text_;
  Kind kind_ = Kind::kData;
  std::vector<std::string> tokens_;  // Of kData, behind `data`.
  std::string name_;                 // Of kExtension.
  std::size_t field_ = 0;            // Of kField, its place in AttributeFields.
};

}  // namespace notify::agent::projection
