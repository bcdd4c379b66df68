#include "agent/replay/replay.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "common/model/rfc3339.hpp"

namespace notify::agent::replay {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 4> kStates = {"running", "interrupted", "completed",
                                                     "cancelled"};

Json Time(std::int64_t unix_ms) {
  if (unix_ms == 0) return {};
  std::string text;
  AppendRfc3339(text, unix_ms);
  return text;
}

}  // namespace

std::string_view StateName(State state) { return kStates.at(static_cast<std::size_t>(state)); }

double Replay::progress() const {
  if (state == State::kCompleted) return 1;
  const std::uint64_t end = request.selection.last ? request.selection.last->sequence.value : 0;
  const std::uint64_t begin = start.sequence.value;
  const std::uint64_t now = std::max(position.sequence.value, begin);
  if (end <= begin) return 0;
  return std::min(1.0, static_cast<double>(now - begin) / static_cast<double>(end - begin));
}

void Replay::Met(Position event, std::int64_t recorded_ms) {
  if (!first) {
    first = event;
    first_ms = recorded_ms;
  }
  last_ms = recorded_ms;
}

std::string ReplayJson(const Replay& replay) {
  const Json request = Json::parse(RequestJson(replay.request));
  Json gaps = Json::array();
  for (const Gap& gap : replay.gaps) gaps.push_back(Json::parse(GapJson(gap)));
  const Json shown = {
      {"token", replay.token},
      {"state", StateName(replay.state)},
      {"target", TargetText(replay.request.target)},
      {"fireTriggers", replay.request.fire_triggers},
      {"events", replay.counts.events()},
      {"sent", replay.counts.sent},
      {"skipped", replay.counts.skipped},
      {"failed", replay.counts.failed},
      {"duplicates", replay.counts.duplicates},
      {"seconds", static_cast<double>(replay.running_ms) / 1000},
      {"progress", replay.progress()},
      {"first", replay.first ? Json(replay.first->ToString()) : Json()},
      {"position", replay.position.ToString()},
      {"end",
       replay.request.selection.last ? Json(replay.request.selection.last->ToString()) : Json()},
      {"from", Time(replay.first_ms)},
      {"until", Time(replay.last_ms)},
      {"gaps", gaps},
      {"error", replay.error.empty() ? Json() : Json(replay.error)},
      {"request", request},
      {"createdAt", Time(replay.created_ms)},
      {"updatedAt", Time(replay.updated_ms)}};
  return shown.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace notify::agent::replay
