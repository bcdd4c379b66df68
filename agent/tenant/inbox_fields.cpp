#include "agent/tenant/inbox_fields.hpp"

#include <chrono>
#include <nlohmann/json.hpp>

#include "common/units.hpp"

namespace notify::agent::tenant {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kRetention = "notifications.inbox.retention";
constexpr std::string_view kMaxItems = "notifications.inbox.max_items";
constexpr std::int64_t kLeastAgeMs = 1000;
constexpr std::uint32_t kMostItems = 100'000;

std::optional<std::int64_t> AgeOf(const Json& value) {
  const auto* text = value.get_ptr<const std::string*>();
  const auto age = ParseDuration(text == nullptr ? "" : *text);
  if (!age) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::milliseconds>(*age).count();
}

}  // namespace

std::vector<std::string> InboxKeys() { return {std::string(kRetention), std::string(kMaxItems)}; }

std::optional<std::string> ReadInbox(std::string_view name, const Json& value,
                                     InboxSettings& settings) {
  if (name == kRetention) {
    settings.max_age_ms.reset();
    if (value.is_null()) return std::nullopt;
    const auto age = AgeOf(value);
    if (!age || *age < kLeastAgeMs) return "must be a duration from 1s, as in 90d";
    settings.max_age_ms = age;
    return std::nullopt;
  }
  settings.max_items.reset();
  if (value.is_null()) return std::nullopt;
  if (!value.is_number_integer() || value < 1 || value > kMostItems) {
    return "must be a whole number from 1 to " + std::to_string(kMostItems);
  }
  settings.max_items = value.get<std::uint32_t>();
  return std::nullopt;
}

void WriteInbox(const InboxSettings& settings, Json& config) {
  config[kRetention] = settings.max_age_ms
                           ? Json(FormatDuration(std::chrono::milliseconds(*settings.max_age_ms)))
                           : Json();
  config[kMaxItems] = settings.max_items ? Json(*settings.max_items) : Json();
}

}  // namespace notify::agent::tenant
