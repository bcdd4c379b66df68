#include <utility>

#include "common/signalr/json_fields.hpp"
#include "common/signalr/json_hub_protocol.hpp"
#include "common/signalr/json_record.hpp"

namespace notify::signalr {
namespace {

// Where an answer or an item belongs to; it cannot be without.
Result<std::string> RequiredId(const JsonFields& fields) {
  auto id = fields.String(Field::kInvocationId);
  if (id && id->empty()) {
    return Fail(Errc::kInvalidArgument, "The property 'invocationId' must not be empty.");
  }
  return id;
}

// What an Invocation and a StreamInvocation share.
template <typename Call>
Result<HubParse> ReadCall(JsonFields& fields, Call call) {
  auto target = fields.String(Field::kTarget);
  if (!target) return target.error();
  auto arguments = fields.TakeArguments();
  if (!arguments) return arguments.error();
  auto stream_ids = fields.StreamIds();
  if (!stream_ids) return stream_ids.error();
  call.target = std::move(*target);
  call.arguments = std::move(*arguments);
  call.stream_ids = std::move(*stream_ids);
  call.headers = fields.Raw(Field::kHeaders);
  return HubParse(HubMessage(std::move(call)));
}

Result<HubParse> ReadInvocation(JsonFields& fields) {
  auto id = fields.OptionalString(Field::kInvocationId);
  if (!id) return id.error();
  Invocation call;
  if (*id && !(*id)->empty()) call.invocation_id = std::move(**id);
  return ReadCall(fields, std::move(call));
}

Result<HubParse> ReadStreamInvocation(JsonFields& fields) {
  auto id = RequiredId(fields);
  if (!id) return id.error();
  StreamInvocation call;
  call.invocation_id = std::move(*id);
  return ReadCall(fields, std::move(call));
}

Result<HubParse> ReadStreamItem(const JsonFields& fields) {
  auto id = RequiredId(fields);
  if (!id) return id.error();
  const auto item = fields.Required(Field::kItem);
  if (!item) return item.error();
  return HubParse(HubMessage(StreamItem{std::move(*id), *item, fields.Raw(Field::kHeaders)}));
}

Result<HubParse> ReadCompletion(const JsonFields& fields) {
  auto id = RequiredId(fields);
  if (!id) return id.error();
  auto error = fields.OptionalString(Field::kError);
  if (!error) return error.error();
  Completion completion{std::move(*id), std::nullopt, std::move(*error),
                        fields.Raw(Field::kHeaders)};
  if (fields.Has(Field::kResult)) completion.result = fields.Raw(Field::kResult);
  if (completion.result && completion.error) {
    return Fail(Errc::kInvalidArgument,
                "The 'error' and 'result' properties are mutually exclusive.");
  }
  return HubParse(HubMessage(std::move(completion)));
}

Result<HubParse> ReadCancel(const JsonFields& fields) {
  auto id = RequiredId(fields);
  if (!id) return id.error();
  return HubParse(HubMessage(CancelInvocation{std::move(*id), fields.Raw(Field::kHeaders)}));
}

Result<HubParse> ReadClose(const JsonFields& fields) {
  auto error = fields.OptionalString(Field::kError);
  if (!error) return error.error();
  const auto allow_reconnect = fields.Bool(Field::kAllowReconnect);
  if (!allow_reconnect) return allow_reconnect.error();
  return HubParse(HubMessage(Close{std::move(*error), *allow_reconnect}));
}

template <typename Message>
Result<HubParse> ReadNumbered(const JsonFields& fields) {
  const auto id = fields.Integer(Field::kSequenceId);
  if (!id) return id.error();
  if (*id < 0) {
    return Fail(Errc::kInvalidArgument, "The property 'sequenceId' must not be negative.");
  }
  return HubParse(HubMessage(Message{*id}));
}

Result<HubParse> ReadMessage(JsonFields& fields, std::int64_t type) {
  switch (static_cast<MessageType>(type)) {
    case MessageType::kInvocation:
      return ReadInvocation(fields);
    case MessageType::kStreamItem:
      return ReadStreamItem(fields);
    case MessageType::kCompletion:
      return ReadCompletion(fields);
    case MessageType::kStreamInvocation:
      return ReadStreamInvocation(fields);
    case MessageType::kCancelInvocation:
      return ReadCancel(fields);
    case MessageType::kPing:
      return HubParse(HubMessage(Ping{}));
    case MessageType::kClose:
      return ReadClose(fields);
    case MessageType::kAck:
      return ReadNumbered<Ack>(fields);
    case MessageType::kSequence:
      return ReadNumbered<Sequence>(fields);
  }
  return HubParse(IgnoredMessage{type});
}

// Ping, Close, Ack and Sequence have none, and whatever stands there is an unknown property.
bool HasHeaders(std::int64_t type) {
  return type <= static_cast<std::int64_t>(MessageType::kCancelInvocation);
}

}  // namespace

Result<HubParse> JsonHubProtocol::Parse(std::string_view& input, std::string& /*values*/) const {
  const auto record = TakeRecord(input, limits_.max_message_bytes);
  if (!record) return record.error();
  if (!*record) return HubParse(NeedMore{});
  auto fields = JsonFields::Split(**record, limits_.max_depth);
  if (!fields) return fields.error();
  const auto type = fields->Integer(Field::kType);
  if (!type) return type.error();
  if (*type < 1 || *type > static_cast<std::int64_t>(MessageType::kSequence)) {
    return HubParse(IgnoredMessage{*type});
  }
  if (HasHeaders(*type)) {
    if (auto headers = fields->CheckHeaders(); !headers) return headers.error();
  }
  return ReadMessage(*fields, *type);
}

}  // namespace notify::signalr
