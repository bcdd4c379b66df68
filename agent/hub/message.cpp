#include "agent/hub/message.hpp"

#include <utility>

#include "common/encoding.hpp"
#include "common/json_text.hpp"
#include "common/model/event_json.hpp"

namespace notify::agent::hub {
namespace {

constexpr Extension kRedelivered{"redelivered", "true"};

std::string BareData(const EventView& event) {
  if (event.data_kind == DataKind::kJson) return std::string(event.data);
  if (event.data_kind == DataKind::kNone) return "null";
  std::string text;
  AppendJsonString(text, ToBase64(event.data));
  return text;
}

}  // namespace

Message::Message(const TenantRecord& tenant, const CommittedBatch& batch, std::size_t index)
    : tenant_(&tenant),
      batch_(&batch),
      index_(index),
      position_{batch.epoch, Sequence{batch.first.value + index}} {
  if (const auto keys = ReadRecordKeys(batch.events.Record(index))) method_ = keys->type;
}

Message::Message(std::string method, std::string argument, std::string key)
    : method_(std::move(method)), key_(std::move(key)), envelope_(std::move(argument)) {}

std::string_view Message::argument() const {
  if (tenant_ == nullptr || tenant_->settings.payload == HubPayload::kEnvelope) return envelope();
  if (!argument_) {
    EventView event;
    argument_ = ReadRecord(batch_->events.Record(index_), event) ? BareData(event) : "null";
  }
  return *argument_;
}

const std::string& Message::envelope() const {
  if (!envelope_) {
    envelope_.emplace();
    EventView event;
    if (ReadRecord(batch_->events.Record(index_), event)) {
      if (redelivered_) event.extensions.push_back(kRedelivered);
      EventStamp stamp;
      stamp.tenant = tenant_->id.text();
      stamp.position = position_;
      stamp.recorded_ms = batch_->RecordedMs(index_);
      AppendEnvelope(*envelope_, event, stamp);
    }
  }
  return *envelope_;
}

EncodedPtr Message::As(Wire wire, Encoder encoder) const {
  EncodedPtr& place = encoded_.at(static_cast<std::size_t>(wire));
  if (!place) place = std::make_shared<const Encoded>(encoder(*this));
  return place;
}

}  // namespace notify::agent::hub
