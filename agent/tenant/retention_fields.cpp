#include "agent/tenant/retention_fields.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>

#include "common/units.hpp"

namespace notify::agent::tenant {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kMaxAge = "retention.max_age";
constexpr std::string_view kLegalHold = "retention.legal_hold";
constexpr std::int64_t kLeastAgeMs = 1000;
constexpr std::uint64_t kMostNumber = 1ULL << 50;
constexpr std::size_t kMostReason = 512;

struct NumberKey {
  std::string_view name;
  std::optional<std::uint64_t> RetentionSettings::*member;
  bool is_size;
};
constexpr std::array kNumbers = {
    NumberKey{"retention.keep_bytes", &RetentionSettings::keep_bytes, true},
    NumberKey{"retention.max_bytes", &RetentionSettings::max_bytes, true},
    NumberKey{"retention.max_events", &RetentionSettings::max_events, false}};

std::optional<std::uint64_t> NumberOf(const NumberKey& key, const Json& value) {
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  const auto* text = value.get_ptr<const std::string*>();
  if (text == nullptr || !key.is_size) return std::nullopt;
  const auto size = ParseSize(*text);
  return size ? std::optional(*size) : std::nullopt;
}

std::optional<std::string> ReadAge(const Json& value, RetentionSettings& settings) {
  const auto* text = value.get_ptr<const std::string*>();
  const auto age = ParseDuration(text == nullptr ? "" : *text);
  const std::int64_t ms =
      age ? std::chrono::duration_cast<std::chrono::milliseconds>(*age).count() : 0;
  if (ms < kLeastAgeMs) return "must be a duration from 1s, as in 30d";
  settings.max_age_ms = ms;
  return std::nullopt;
}

std::optional<std::string> ReadLegalHold(const Json& value, RetentionSettings& settings) {
  const auto* text = value.get_ptr<const std::string*>();
  if (text == nullptr || text->empty() || text->size() > kMostReason) {
    return "must say why, in at most " + std::to_string(kMostReason) + " bytes";
  }
  settings.legal_hold = *text;
  return std::nullopt;
}

}  // namespace

std::vector<std::string> RetentionKeys() {
  std::vector<std::string> keys = {std::string(kMaxAge)};
  for (const NumberKey& key : kNumbers) keys.emplace_back(key.name);
  keys.emplace_back(kLegalHold);
  return keys;
}

std::optional<std::string> ReadRetention(std::string_view name, const Json& value,
                                         RetentionSettings& settings) {
  if (name == kMaxAge) {
    settings.max_age_ms.reset();
    return value.is_null() ? std::nullopt : ReadAge(value, settings);
  }
  if (name == kLegalHold) {
    settings.legal_hold.reset();
    return value.is_null() ? std::nullopt : ReadLegalHold(value, settings);
  }
  const auto key = std::ranges::find(kNumbers, name, &NumberKey::name);
  auto& member = settings.*key->member;
  member.reset();
  if (value.is_null()) return std::nullopt;
  const auto number = NumberOf(*key, value);
  if (!number || *number > kMostNumber || (*number == 0 && !key->is_size)) {
    return key->is_size ? "must be a size, as in 10GiB, or a number of bytes"
                        : "must be a whole number from 1";
  }
  member = *number;
  return std::nullopt;
}

void WriteRetention(const RetentionSettings& settings, Json& config) {
  config[kMaxAge] = settings.max_age_ms
                        ? Json(FormatDuration(std::chrono::milliseconds(*settings.max_age_ms)))
                        : Json();
  for (const NumberKey& key : kNumbers) {
    const auto& value = settings.*key.member;
    config[key.name] = value ? Json(*value) : Json();
  }
  config[kLegalHold] = settings.legal_hold ? Json(*settings.legal_hold) : Json();
}

}  // namespace notify::agent::tenant
