#include "common/model/event_json.hpp"

#include <charconv>

#include "common/encoding.hpp"
#include "common/json_text.hpp"
#include "common/model/rfc3339.hpp"

namespace notify {
namespace {

void AppendNumber(std::string& out, std::string_view name, std::uint64_t value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out += ",\"";
  out += name;
  out += "\":";
  out.append(digits, end);
}

void AppendText(std::string& out, std::string_view name, std::string_view value) {
  out += ",\"";
  out += name;
  out += "\":";
  AppendJsonString(out, value);
}

void AppendStamp(std::string& out, const EventStamp& stamp) {
  AppendText(out, "tenant", stamp.tenant);
  if (stamp.position.sequence.value != 0) {
    AppendNumber(out, "epoch", stamp.position.epoch.value);
    AppendNumber(out, "sequence", stamp.position.sequence.value);
  }
  if (stamp.recorded_ms != 0) {
    out += ",\"recordedtime\":\"";
    AppendRfc3339(out, stamp.recorded_ms);
    out += '"';
  }
  if (stamp.original) {
    out += ",\"replayed\":true";
    AppendNumber(out, "originalepoch", stamp.original->epoch.value);
    AppendNumber(out, "originalsequence", stamp.original->sequence.value);
  }
  if (!stamp.subscription.empty()) AppendText(out, "subscription", stamp.subscription);
}

}  // namespace

void AppendEnvelope(std::string& out, const EventView& event, const EventStamp& stamp) {
  out += R"({"specversion":"1.0","id":)";
  AppendJsonString(out, stamp.replay_id.empty() ? event.id : stamp.replay_id);
  for (const AttributeField& field : AttributeFields()) {
    const std::string_view value = event.*field.member;
    if (value.empty() || field.name.empty() || field.member == &EventView::id) continue;
    if (field.member == &EventView::streamversion) {
      out += ",\"streamversion\":";
      out += value;
    } else {
      AppendText(out, field.name, value);
    }
  }
  for (const Extension& extension : event.extensions) {
    out += ",\"";
    out += extension.name;
    out += "\":";
    out += extension.value;
  }
  AppendStamp(out, stamp);
  if (event.data_kind == DataKind::kJson) {
    out += ",\"data\":";
    out += event.data;
  } else if (event.data_kind == DataKind::kBytes) {
    AppendText(out, "data_base64", ToBase64(event.data));
  }
  out += '}';
}

}  // namespace notify
