#include "common/model/event_json.hpp"

#include <charconv>

#include "common/encoding.hpp"
#include "common/json_text.hpp"
#include "common/model/rfc3339.hpp"

namespace notify {
namespace {

void AppendDigits(std::string& out, std::uint64_t value) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

void AppendNumber(std::string& out, std::string_view name, std::uint64_t value) {
  out += ",\"";
  out += name;
  out += "\":";
  AppendDigits(out, value);
}

void AppendText(std::string& out, std::string_view name, std::string_view value) {
  out += ",\"";
  out += name;
  out += "\":";
  AppendJsonString(out, value);
}

void AppendBeforeSequence(std::string& out, std::string_view tenant, Epoch epoch) {
  AppendText(out, "tenant", tenant);
  AppendNumber(out, "epoch", epoch.value);
  out += ",\"sequence\":";
}

void AppendRecordedTime(std::string& out, std::int64_t recorded_ms) {
  out += ",\"recordedtime\":\"";
  AppendRfc3339(out, recorded_ms);
  out += '"';
}

void AppendStamp(std::string& out, const EventStamp& stamp) {
  if (stamp.position.sequence.value == 0) {
    AppendText(out, "tenant", stamp.tenant);
  } else {
    if (stamp.text != nullptr) {
      out += stamp.text->BeforeSequence(stamp.tenant, stamp.position.epoch);
    } else {
      AppendBeforeSequence(out, stamp.tenant, stamp.position.epoch);
    }
    AppendDigits(out, stamp.position.sequence.value);
  }
  if (stamp.recorded_ms != 0) {
    if (stamp.text != nullptr) {
      out += stamp.text->RecordedTime(stamp.recorded_ms);
    } else {
      AppendRecordedTime(out, stamp.recorded_ms);
    }
  }
  if (stamp.original) {
    out += ",\"replayed\":true";
    AppendNumber(out, "originalepoch", stamp.original->epoch.value);
    AppendNumber(out, "originalsequence", stamp.original->sequence.value);
  }
  if (!stamp.subscription.empty()) AppendText(out, "subscription", stamp.subscription);
}

}  // namespace

std::string_view StampText::BeforeSequence(std::string_view tenant, Epoch epoch) {
  if (before_sequence_.empty() || tenant != tenant_ || epoch != epoch_) {
    tenant_ = tenant;
    epoch_ = epoch;
    before_sequence_.clear();
    AppendBeforeSequence(before_sequence_, tenant, epoch);
  }
  return before_sequence_;
}

std::string_view StampText::RecordedTime(std::int64_t recorded_ms) {
  if (recorded_time_.empty() || recorded_ms != recorded_ms_) {
    recorded_ms_ = recorded_ms;
    recorded_time_.clear();
    AppendRecordedTime(recorded_time_, recorded_ms);
  }
  return recorded_time_;
}

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
