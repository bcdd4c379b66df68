#include "agent/consumer/dead_letter.hpp"

#include <nlohmann/json.hpp>

#include "common/model/event_json.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::consumer {

std::string DeadLetterId(const TenantId& tenant, const std::string& consumer, Position event) {
  return DerivedUuid("dead|" + tenant.text() + "|" + consumer + "|" + event.ToString());
}

std::string DeadLetterJson(const DeadLetter& letter, const TenantId& tenant) {
  std::string failed_at;
  AppendRfc3339(failed_at, letter.failed_ms);
  const nlohmann::ordered_json shown = {
      {"id", letter.id},
      {"kind", "consumer"},
      {"consumer", letter.consumer},
      {"event", {{"epoch", letter.event.epoch.value}, {"sequence", letter.event.sequence.value}}},
      {"type", letter.type},
      {"attempts", letter.attempts},
      {"reason", letter.reason},
      {"state", letter.retrying ? "RETRYING" : "DEAD"},
      {"failedAt", failed_at}};
  std::string text = shown.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  EventView event;
  if (!letter.record.empty() && ReadRecord(letter.record, event)) {
    text.pop_back();
    text += ",\"envelope\":";
    AppendEnvelope(
        text, event,
        {.tenant = tenant.text(), .position = letter.event, .recorded_ms = letter.recorded_ms});
    text += '}';
  }
  return text;
}

}  // namespace notify::agent::consumer
