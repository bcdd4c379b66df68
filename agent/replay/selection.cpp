#include "agent/replay/selection.hpp"

#include <chrono>

#include "agent/flow/tenant_record.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::replay {
namespace {

std::optional<std::int64_t> EventTime(const EventView& event) {
  const auto time = ParseRfc3339(event.time);
  if (!time) return std::nullopt;
  return std::chrono::floor<std::chrono::milliseconds>(*time).time_since_epoch().count();
}

}  // namespace

bool Selection::Matches(const EventView& event, std::int64_t recorded_ms) const {
  if (since_ms || until_ms) {
    const auto moment = by_event_time ? EventTime(event) : std::optional(recorded_ms);
    if (!moment) return false;
    if (since_ms && *moment < *since_ms) return false;
    if (until_ms && *moment >= *until_ms) return false;
  }
  return (types.empty() || MatchesType(event.type, types)) &&
         (subject.empty() || event.subject == subject) &&
         (stream.empty() || event.stream == stream) && (userid.empty() || event.userid == userid) &&
         (topic.empty() || event.topic == topic);
}

}  // namespace notify::agent::replay
