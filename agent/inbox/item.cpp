#include "agent/inbox/item.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "common/json_text.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::inbox {
namespace {

// In the order of View.
constexpr std::array<std::string_view, 5> kViews = {"open", "unread", "read", "archived", "all"};
constexpr std::size_t kMostTitleBytes = 1024;

void AppendTime(std::string& json, std::string_view member, std::int64_t ms) {
  json.append(",\"").append(member).append("\":");
  if (ms == 0) {
    json += "null";
    return;
  }
  json += '"';
  AppendRfc3339(json, ms);
  json += '"';
}

}  // namespace

std::optional<View> ViewFromName(std::string_view name) {
  const auto* const found = std::ranges::find(kViews, name);
  if (found == kViews.end()) return std::nullopt;
  return static_cast<View>(found - kViews.begin());
}

std::string ItemJson(const Item& item, Epoch epoch) {
  std::string json = "{\"id\":";
  AppendJsonString(json, item.notification);
  AppendTime(json, "createdAt", item.created_ms);
  AppendTime(json, "readAt", item.read_ms);
  AppendTime(json, "archivedAt", item.archived_ms);
  json += ",\"position\":{\"epoch\":" + std::to_string(epoch.value) +
          ",\"sequence\":" + std::to_string(item.sequence.value) + "},\"notification\":";
  return json + item.content + "}";
}

std::string ContentOf(std::string_view shown) {
  if (shown.size() <= kMostContentBytes) return std::string(shown);
  const auto whole = nlohmann::ordered_json::parse(shown, nullptr, false);
  nlohmann::ordered_json kept = nlohmann::ordered_json::object();
  if (whole.is_object()) {
    kept["id"] = whole.value("id", "");
    kept["template"] = whole.value("template", "");
    kept["title"] = whole.value("title", "").substr(0, kMostTitleBytes);
  }
  kept["truncated"] = true;
  return kept.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace notify::agent::inbox
