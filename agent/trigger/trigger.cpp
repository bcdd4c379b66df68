#include "agent/trigger/trigger.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/model/rfc3339.hpp"

namespace notify::agent::trigger {
namespace {

using nlohmann::json;

void ReadId(ObjectReader& reader, std::string_view id, Trigger& trigger) {
  trigger.id = reader.Text("id", std::string(id));
  if (!trigger.id.empty() && !IsTriggerId(trigger.id)) {
    reader.Refuse("id", "must be 1 to 64 of a-z, 0-9, dot, underscore and hyphen");
  }
  if (!id.empty() && trigger.id != id) reader.Refuse("id", "is not the one in the path");
}

}  // namespace

bool IsTriggerId(std::string_view text) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !text.empty() && text.size() <= 64 && plain(text.front()) &&
         std::ranges::all_of(text,
                             [&](char c) { return plain(c) || c == '.' || c == '_' || c == '-'; });
}

Result<Trigger> ParseTrigger(std::string_view text, std::string_view id) {
  const auto body = ParseJsonObject(text);
  if (!body) return body.error();
  std::vector<FieldError> errors;
  Trigger trigger;
  ObjectReader reader(*body, "", errors);
  ReadId(reader, id, trigger);
  trigger.on = reader.RequiredText("on", 255);
  if (!trigger.on.empty() && !IsTypePattern(trigger.on)) {
    reader.Refuse("on", "must be an event type, a prefix as in fx.*, or *");
  }
  trigger.when = ReadConditions(reader, errors);
  trigger.template_id = reader.RequiredText("template", 64);
  if (const json* audience = reader.Required("audience")) {
    trigger.audience = ReadAudience(*audience, "/audience", errors);
  }
  trigger.channels = ReadChannels(reader, trigger.audience);
  trigger.priority = ReadPriority(reader);
  trigger.enabled = reader.Flag("enabled", true);
  for (const auto* ignored : {"version", "createdAt", "updatedAt"}) {
    static_cast<void>(reader.Optional(ignored));
  }
  reader.RefuseOthers();
  if (auto status = RefuseIfAny(std::move(errors)); !status) return status.error();
  return trigger;
}

std::string TriggerJson(const Trigger& trigger) {
  const auto time = [](std::int64_t ms) {
    std::string text;
    AppendRfc3339(text, ms);
    return text;
  };
  const nlohmann::ordered_json shown = {{"id", trigger.id},
                                        {"on", trigger.on},
                                        {"when", ConditionsJson(trigger.when)},
                                        {"template", trigger.template_id},
                                        {"channels", trigger.channels},
                                        {"audience", AudienceJson(trigger.audience)},
                                        {"priority", trigger.priority},
                                        {"enabled", trigger.enabled},
                                        {"version", trigger.version},
                                        {"createdAt", time(trigger.created_ms)},
                                        {"updatedAt", time(trigger.updated_ms)}};
  return shown.dump();
}

}  // namespace notify::agent::trigger
