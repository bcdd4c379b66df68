#include "agent/schedule/scheduled_event.hpp"

#include <algorithm>
#include <array>

#include "common/json_text.hpp"
#include "common/model/event.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::schedule {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"PENDING", "PROCESSING", "COMPLETED", "FAILED",
                                                    "CANCELLED"};

bool SameLetters(std::string_view a, std::string_view b) {
  const auto upper = [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  };
  return std::ranges::equal(a, b, {}, upper, upper);
}

void AppendText(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  out += ",\"" + std::string(name) + "\":";
  AppendJsonString(out, value);
}

void AppendTime(std::string& out, std::string_view name, std::int64_t ms) {
  out += ",\"" + std::string(name) + "\":\"";
  AppendRfc3339(out, ms);
  out += '"';
}

}  // namespace

std::string_view StateName(State state) { return kNames.at(static_cast<std::size_t>(state)); }

std::optional<State> StateFromName(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (SameLetters(name, kNames[i])) return static_cast<State>(i);
  }
  return std::nullopt;
}

std::string AcceptedJson(std::string_view id, State state, std::int64_t due_ms, bool duplicate) {
  std::string out = "{\"id\":";
  AppendJsonString(out, id);
  AppendText(out, "status", StateName(state));
  AppendTime(out, "scheduledAt", due_ms);
  return out + (duplicate ? ",\"duplicate\":true}" : ",\"duplicate\":false}");
}

std::string ScheduledEventJson(const ScheduledEvent& event) {
  EventView view;
  ReadRecord(event.record, view);
  std::string out = "{\"id\":";
  AppendJsonString(out, view.id);
  AppendText(out, "source", view.source);
  AppendText(out, "type", view.type);
  AppendText(out, "subject", view.subject);
  AppendText(out, "userid", view.userid);
  AppendText(out, "status", StateName(event.state));
  AppendTime(out, "scheduledAt", event.due_ms);
  AppendTime(out, "acceptedAt", event.accepted_ms);
  AppendTime(out, "updatedAt", event.updated_ms);
  out += ",\"position\":";
  if (event.state == State::kCompleted) {
    out += "{\"epoch\":" + std::to_string(event.position.epoch.value) +
           ",\"sequence\":" + std::to_string(event.position.sequence.value) + "}";
  } else {
    out += "null";
  }
  AppendText(out, "detail", event.detail);
  return out + "}";
}

}  // namespace notify::agent::schedule
