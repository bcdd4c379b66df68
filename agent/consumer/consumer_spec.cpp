#include "agent/consumer/consumer_spec.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "agent/flow/tenant_record.hpp"
#include "common/model/object_reader.hpp"
#include "common/units.hpp"

namespace notify::agent::consumer {
namespace {

using nlohmann::json;
using std::chrono::hours;

constexpr std::size_t kMostEntries = 100;
constexpr std::size_t kLongestName = 100;
constexpr std::string_view kTooLong = "must be a list of at most 100 texts";
constexpr std::uint64_t kLargestNumber = (std::uint64_t{1} << 53) - 1;

bool IsTypePattern(std::string_view text) {
  if (text == "*") return true;
  if (text.ends_with(".*")) text.remove_suffix(2);
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

/// What is wrong with one entry of a list; empty: nothing.
std::string_view WrongEntry(std::string_view text, bool types) {
  if (text.empty() || text.size() > 255) return "must hold texts of 1 to 255 bytes";
  if (types && !IsTypePattern(text)) return "must hold types, prefixes such as fx.*, or *";
  return {};
}

Status CheckList(std::string_view name, const std::vector<std::string>& list, bool types) {
  std::string_view wrong = list.size() > kMostEntries ? kTooLong : std::string_view();
  for (const std::string& text : list) {
    if (wrong.empty()) wrong = WrongEntry(text, types);
  }
  if (wrong.empty()) return {};
  return Fail(Errc::kInvalidArgument, "'" + std::string(name) + "' " + std::string(wrong) + ".");
}

std::vector<std::string> ReadTexts(ObjectReader& reader, std::string_view name, bool types) {
  std::vector<std::string> texts;
  const json* list = reader.Optional(name);
  if (list == nullptr) return texts;
  if (!list->is_array() || list->size() > kMostEntries) {
    reader.Refuse(name, std::string(kTooLong));
    return texts;
  }
  for (const json& item : *list) {
    const auto* text = item.get_ptr<const std::string*>();
    const std::string_view wrong = WrongEntry(text != nullptr ? *text : std::string(), types);
    if (!wrong.empty()) {
      reader.Refuse(name, std::string(wrong));
    } else {
      texts.push_back(*text);
    }
  }
  return texts;
}

Clock::Duration ReadDuration(ObjectReader& reader, std::string_view name, const json& value,
                             Clock::Duration least, Clock::Duration most) {
  // A plain number counts seconds.
  const std::string text = value.is_number_unsigned() && value.get<std::uint64_t>() < 10'000'000'000
                               ? value.dump() + "s"
                           : value.is_string() ? value.get<std::string>()
                                               : std::string();
  const auto duration = ParseDuration(text);
  if (!duration || *duration < least || *duration > most) {
    reader.Refuse(name, "must be a duration such as 30s, from " + FormatDuration(least) + " to " +
                            FormatDuration(most));
    return least;
  }
  return *duration;
}

template <typename Number>
Number ReadNumber(ObjectReader& reader, std::string_view name, Number fallback, Number most) {
  const json* value = reader.Optional(name);
  if (value == nullptr) return fallback;
  if (!value->is_number_unsigned() || value->get<std::uint64_t>() < 1 ||
      value->get<std::uint64_t>() > static_cast<std::uint64_t>(most)) {
    reader.Refuse(name, "must be a whole number from 1 to " + std::to_string(most));
    return fallback;
  }
  return value->get<Number>();
}

void ReadMembers(ObjectReader& reader, ConsumerSpec& spec) {
  spec.types = ReadTexts(reader, "types", true);
  spec.topics = ReadTexts(reader, "topics", false);
  spec.max_in_flight =
      ReadNumber(reader, "maxInFlight", spec.max_in_flight, ConsumerSpec::kMostInFlight);
  spec.max_attempts = ReadNumber(reader, "maxAttempts", spec.max_attempts, 100);
  if (const json* value = reader.Optional("ackTimeout")) {
    spec.ack_timeout =
        ReadDuration(reader, "ackTimeout", *value, std::chrono::seconds(1), hours(12));
  }
  if (const json* value = reader.Optional("expireAfter")) {
    spec.expire_after =
        ReadDuration(reader, "expireAfter", *value, std::chrono::minutes(1), hours(24 * 365));
  }
  if (const json* value = reader.Optional("holdFor")) {
    spec.hold_for =
        ReadDuration(reader, "holdFor", *value, Clock::Duration::zero(), hours(24 * 365));
  }
}

}  // namespace

bool IsConsumerName(std::string_view name) {
  // A path of dots would be another place.
  if (name.empty() || name.size() > kLongestName || name.front() == '.') return false;
  return std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

Status CheckLists(const std::vector<std::string>& types, const std::vector<std::string>& topics) {
  auto checked = CheckList("types", types, true);
  return checked ? CheckList("topics", topics, false) : checked;
}

bool ConsumerSpec::Wants(const RecordKeys& event) const {
  return (types.empty() || MatchesType(event.type, types)) &&
         (topics.empty() || std::ranges::find(topics, event.topic) != topics.end());
}

std::optional<Position> PositionFromJson(const json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number > kLargestNumber) return std::nullopt;
    return Position{Epoch{0}, Sequence{number}};
  }
  if (const auto* text = value.get_ptr<const std::string*>()) {
    const auto position = Position::Parse(*text);
    return position ? std::optional(*position) : std::nullopt;
  }
  if (!value.is_object()) return std::nullopt;
  Position position;
  bool has_sequence = false;
  for (const auto& [name, number] : value.items()) {
    if (!number.is_number_unsigned() || number.get<std::uint64_t>() > kLargestNumber) {
      return std::nullopt;
    }
    if (name == "epoch") {
      position.epoch.value = number.get<std::uint64_t>();
    } else if (name == "sequence") {
      position.sequence.value = number.get<std::uint64_t>();
      has_sequence = true;
    } else {
      return std::nullopt;
    }
  }
  return has_sequence ? std::optional(position) : std::nullopt;
}

Result<ConsumerDraft> ParseConsumer(std::string_view body, std::string_view name) {
  const auto document = ParseJsonObject(body);
  if (!document) return document.error();
  std::vector<FieldError> errors;
  ObjectReader reader(*document, "", errors);
  ConsumerDraft draft;
  draft.spec.name = name.empty() ? reader.RequiredText("name", kLongestName)
                                 : reader.Text("name", std::string(name), kLongestName);
  if (!name.empty() && draft.spec.name != name) {
    reader.Refuse("name", "must be the name in the path");
  } else if (!IsConsumerName(draft.spec.name) && errors.empty()) {
    reader.Refuse("name", "must be 1 to 100 letters, digits, dots, hyphens and underscores");
  }
  ReadMembers(reader, draft.spec);
  if (const json* after = reader.Optional("after")) {
    draft.after = PositionFromJson(*after);
    if (!draft.after) {
      reader.Refuse("after", R"(must be a position: {"epoch": E, "sequence": N}, "E-N" or N)");
    }
  }
  reader.RefuseOthers();
  if (auto refused = RefuseIfAny(std::move(errors)); !refused) return refused.error();
  return draft;
}

std::string SpecJson(const ConsumerSpec& spec) {
  nlohmann::ordered_json shown = {{"name", spec.name},
                                  {"types", spec.types},
                                  {"topics", spec.topics},
                                  {"maxInFlight", spec.max_in_flight},
                                  {"ackTimeout", FormatDuration(spec.ack_timeout)},
                                  {"maxAttempts", spec.max_attempts}};
  shown["expireAfter"] = spec.expire_after
                             ? nlohmann::ordered_json(FormatDuration(*spec.expire_after))
                             : nlohmann::ordered_json();
  shown["holdFor"] = FormatDuration(spec.hold_for);
  return shown.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<ConsumerSpec> SpecFromJson(std::string_view text) {
  const auto document = ParseJsonObject(text);
  if (document) {
    std::vector<FieldError> errors;
    ObjectReader reader(*document, "", errors);
    ConsumerSpec spec;
    spec.name = reader.RequiredText("name", 1024);
    ReadMembers(reader, spec);
    if (errors.empty()) return spec;
  }
  return Fail(Errc::kInternal, "A stored consumer cannot be read.");
}

}  // namespace notify::agent::consumer
