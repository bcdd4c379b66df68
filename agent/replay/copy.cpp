#include "agent/replay/copy.hpp"

#include <algorithm>

#include "common/json_text.hpp"

namespace notify::agent::replay {
namespace {

constexpr std::string_view kOf = "replayof";
constexpr std::string_view kId = "replayid";
constexpr std::string_view kTriggers = "replaytriggers";

bool IsMark(const Extension& extension) {
  return extension.name == kOf || extension.name == kId || extension.name == kTriggers;
}

/// The text of a mark, which the agent itself wrote without anything to escape.
std::string_view MarkOf(const EventView& event, std::string_view name) {
  const auto found = std::ranges::find(event.extensions, name, &Extension::name);
  if (found == event.extensions.end()) return {};
  std::string_view text = found->value;
  if (text.size() >= 2 && text.front() == '"') text = text.substr(1, text.size() - 2);
  return text;
}

}  // namespace

std::string ReplayedId(std::string_view token, Position original) {
  return DerivedUuid(std::string(token) + "/" + original.ToString());
}

void AppendCopy(std::string& records, EventView event, const CopyOptions& options) {
  const std::string id = ReplayedId(options.token, options.original);
  std::string of;
  std::string token;
  AppendJsonString(of, options.original.ToString());
  AppendJsonString(token, options.token);
  event.id = id;
  event.idempotency_key = {};
  event.scheduledat = {};
  // In another log the copy takes its own place in the stream.
  event.streamversion = {};
  if (options.same_log) event.stream = {};
  // A copy of a copy is marked as its own replay's.
  std::erase_if(event.extensions, IsMark);
  event.extensions.push_back({kOf, of});
  event.extensions.push_back({kId, token});
  if (options.fires) event.extensions.push_back({kTriggers, "true"});
  AppendRecord(records, event);
}

Position OriginalOf(const EventView& event) {
  const std::string_view text = MarkOf(event, kOf);
  return text.empty() ? Position{} : Position::Parse(text).value_or(Position{});
}

bool RulesSee(const EventView& event) {
  return MarkOf(event, kOf).empty() || MarkOf(event, kTriggers) == "true";
}

std::string ReplayOf(const EventView& event) { return std::string(MarkOf(event, kId)); }

}  // namespace notify::agent::replay
