#include "agent/replay/request.hpp"

#include <array>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "agent/flow/audience.hpp"
#include "common/model/object_reader.hpp"
#include "common/model/rfc3339.hpp"
#include "common/units.hpp"

namespace notify::agent::replay {
namespace {

using nlohmann::json;
using Kind = Target::Kind;

constexpr std::size_t kMostTypes = 100;
constexpr std::size_t kLongestUrl = 2048;
constexpr double kFastestRate = 1e9;
constexpr std::array<std::pair<Kind, const char*>, 4> kKinds = {
    {{Kind::kSubscription, "subscription"},
     {Kind::kUser, "user"},
     {Kind::kTenant, "tenant"},
     {Kind::kUrl, "url"}}};

std::optional<std::int64_t> MomentOf(std::string_view text, Clock::WallTime now) {
  auto time = ParseRfc3339(text);
  if (!time) {
    const auto back = ParseDuration(text);
    if (back) time = now - std::chrono::duration_cast<Clock::WallTime::duration>(*back);
  }
  if (!time) return std::nullopt;
  // A time within a millisecond means from there on, in whole milliseconds.
  return std::chrono::ceil<std::chrono::milliseconds>(*time).time_since_epoch().count();
}

/// `name` and its other name (contract 3).
std::optional<std::int64_t> ReadMoment(ObjectReader& reader, const char* name, const char* other,
                                       Clock::WallTime now) {
  const std::string first = reader.Text(name, {});
  const std::string second = reader.Text(other, {});
  if (!first.empty() && !second.empty()) {
    reader.Refuse(other, std::string("is another name of ") + name + ": give one of them");
  }
  const std::string& text = first.empty() ? second : first;
  if (text.empty()) return std::nullopt;
  const auto moment = MomentOf(text, now);
  if (!moment) {
    reader.Refuse(first.empty() ? other : name,
                  "must be an RFC 3339 time (2026-06-30T12:00:00Z) or a duration (1h)");
  }
  return moment;
}

std::optional<Position> ReadPosition(ObjectReader& reader, const char* name) {
  const json* value = reader.Optional(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) {
    if (auto position = Position::Parse(value->get<std::string>())) return *position;
  } else if (value->is_object() && value->contains("sequence")) {
    const json& sequence = (*value)["sequence"];
    const json epoch = value->value("epoch", json(0U));
    if (sequence.is_number_unsigned() && epoch.is_number_unsigned()) {
      return Position{Epoch{epoch.get<std::uint64_t>()}, Sequence{sequence.get<std::uint64_t>()}};
    }
  }
  reader.Refuse(name, "must be a position: \"E-N\" or {\"epoch\": E, \"sequence\": N}");
  return std::nullopt;
}

std::vector<std::string> ReadTypes(ObjectReader& reader) {
  std::vector<std::string> types;
  const json* list = reader.Optional("types");
  if (list == nullptr) return types;
  if (!list->is_array() || list->size() > kMostTypes) {
    reader.Refuse("types", "must be a list of at most 100 types");
    return types;
  }
  for (const json& item : *list) {
    const auto* type = item.get_ptr<const std::string*>();
    if (type == nullptr || type->empty() || type->size() > 255) {
      reader.Refuse("types", "must hold types, or prefixes as in fx.*");
      return types;
    }
    types.push_back(*type);
  }
  return types;
}

Target ReadTarget(const json& value, bool stored, std::vector<FieldError>& errors) {
  Target target;
  ObjectReader reader(value, "/target", errors);
  int given = 0;
  for (const auto& [kind, name] : kKinds) {
    if (reader.Optional(name) == nullptr) continue;
    ++given;
    target.kind = kind;
    target.name = reader.Text(name, {}, kind == Kind::kUrl ? kLongestUrl : 256);
  }
  std::string secret = reader.Text("secret", {}, 256);
  const bool signs = secret.starts_with("whsec_") && !WebhookKey(secret).empty();
  if (target.kind == Kind::kUrl && !signs && !stored) {
    reader.Refuse("secret", "must be whsec_ and the base64 of 24 to 64 bytes");
  } else if (target.kind != Kind::kUrl && !secret.empty()) {
    reader.Refuse("secret", "goes with url only");
  }
  target.secret = Secret(std::move(secret));
  if (target.kind == Kind::kTenant && !target.name.empty() && !TenantId::Parse(target.name)) {
    reader.Refuse("tenant", "must be a tenant's id");
  }
  reader.RefuseOthers();
  if (given != 1 && value.is_object()) {
    reader.Refuse("", "must name one of subscription, user, tenant, url");
  }
  return target;
}

void ReadPace(ObjectReader& reader, Request& request) {
  request.speed = reader.Text("speed", {});
  if (!request.speed.empty() && request.speed != "original" && request.speed != "10x" &&
      request.speed != "max") {
    reader.Refuse("speed", "must be original, 10x or max");
  }
  const json* rate = reader.Optional("rate");
  if (rate == nullptr) return;
  const double value = rate->is_number() ? rate->get<double>() : 0;
  if (!(value > 0) || value > kFastestRate) {
    reader.Refuse("rate", "must be a number of events a second above 0");
  } else {
    request.rate = value;
  }
}

std::string Time(std::int64_t unix_ms) {
  std::string text;
  AppendRfc3339(text, unix_ms);
  return text;
}

json SelectionJson(const Selection& selection) {
  json object = json::object();
  if (selection.after) object["after"] = selection.after->ToString();
  if (selection.last) object["last"] = selection.last->ToString();
  if (selection.since_ms) object["since"] = Time(*selection.since_ms);
  if (selection.until_ms) object["until"] = Time(*selection.until_ms);
  if (selection.by_event_time) object["byEventTime"] = true;
  if (!selection.types.empty()) object["types"] = selection.types;
  for (const auto& [name, value] :
       {std::pair("subject", &selection.subject), std::pair("stream", &selection.stream),
        std::pair("userid", &selection.userid), std::pair("topic", &selection.topic)}) {
    if (!value->empty()) object[name] = *value;
  }
  return object;
}

Result<Request> Parse(std::string_view body, Clock::WallTime now, bool stored) {
  const auto object = ParseJsonObject(body);
  if (!object) return object.error();
  std::vector<FieldError> errors;
  ObjectReader reader(*object, {}, errors);
  Request request;
  Selection& selection = request.selection;
  selection.after = ReadPosition(reader, "after");
  selection.last = ReadPosition(reader, "last");
  selection.since_ms = ReadMoment(reader, "since", "from", now);
  selection.until_ms = ReadMoment(reader, "until", "to", now);
  selection.by_event_time = reader.Flag("byEventTime", false);
  selection.types = ReadTypes(reader);
  selection.subject = reader.Text("subject", {}, 1024);
  selection.stream = reader.Text("stream", {}, 1024);
  selection.userid = reader.Text("userid", {}, 1024);
  selection.topic = reader.Text("topic", {}, 1024);
  ReadPace(reader, request);
  request.fire_triggers = reader.Flag("fireTriggers", false);
  request.plan = reader.Flag("plan", false);
  request.attended = reader.Flag("attended", false);
  const json* target = reader.Optional("target");
  if (target != nullptr) request.target = ReadTarget(*target, stored, errors);
  reader.RefuseOthers();
  if (target == nullptr && !request.fire_triggers && !request.plan) {
    reader.Refuse("target", "is missing: a subscription, user, tenant or url, or fireTriggers");
  }
  if (errors.empty() && !selection.after && !selection.since_ms) {
    reader.Refuse("since", "is missing: say where to begin, by 'after' or 'since'");
  }
  if (auto refused = RefuseIfAny(std::move(errors)); !refused) return refused.error();
  return request;
}

}  // namespace

std::string TargetText(const Target& target) {
  for (const auto& [kind, name] : kKinds) {
    if (kind == target.kind) return std::string(name) + " " + target.name;
  }
  return "triggers";
}

PaceLimits Request::pace() const {
  PaceLimits limits;
  if (speed == "original") limits.speed = 1;
  if (speed == "10x") limits.speed = 10;
  limits.rate = rate.value_or(speed.empty() ? kDefaultRate : 0);
  return limits;
}

Result<Request> ParseRequest(std::string_view body, Clock::WallTime now) {
  return Parse(body, now, false);
}

Result<Request> ParseStoredRequest(std::string_view body) { return Parse(body, {}, true); }

std::string RequestJson(const Request& request) {
  json object = SelectionJson(request.selection);
  for (const auto& [kind, name] : kKinds) {
    if (kind == request.target.kind) object["target"] = {{name, request.target.name}};
  }
  if (request.rate) object["rate"] = *request.rate;
  if (!request.speed.empty()) object["speed"] = request.speed;
  if (request.fire_triggers) object["fireTriggers"] = true;
  if (request.attended) object["attended"] = true;
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace notify::agent::replay
