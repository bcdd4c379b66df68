#include <utility>

#include "common/signalr/messagepack_fields.hpp"
#include "common/signalr/messagepack_frame.hpp"
#include "common/signalr/messagepack_hub_protocol.hpp"

namespace notify::signalr {
namespace {

// What an Invocation and a StreamInvocation share.
template <typename Call>
Result<HubParse> ReadCall(MessagePackFields& fields, Call call, std::string_view target_of) {
  auto target = fields.FilledString("target", target_of);
  if (!target) return target.error();
  if (auto arguments = fields.TakeArguments(); !arguments) return arguments.error();
  call.target = std::move(*target);
  if (fields.HasMore()) {  // older clients write none
    auto stream_ids = fields.StreamIds();
    if (!stream_ids) return stream_ids.error();
    call.stream_ids = std::move(*stream_ids);
  }
  call.arguments = fields.arguments();
  call.headers = fields.headers();
  return HubParse(HubMessage(std::move(call)));
}

Result<HubParse> ReadInvocation(MessagePackFields& fields) {
  auto id = fields.OptionalString("invocationId");
  if (!id) return id.error();
  Invocation call;
  if (*id && !(*id)->empty()) call.invocation_id = std::move(**id);
  return ReadCall(fields, std::move(call), "target for Invocation message");
}

Result<HubParse> ReadStreamInvocation(MessagePackFields& fields) {
  auto id = fields.FilledString("invocationId", "invocation ID for StreamInvocation message");
  if (!id) return id.error();
  StreamInvocation call;
  call.invocation_id = std::move(*id);
  return ReadCall(fields, std::move(call), "target for StreamInvocation message");
}

Result<HubParse> ReadStreamItem(MessagePackFields& fields) {
  auto id = fields.FilledString("invocationId", "invocation ID for StreamItem message");
  if (!id) return id.error();
  if (auto item = fields.TakeValue(); !item) return item.error();
  return HubParse(HubMessage(StreamItem{std::move(*id), fields.value(), fields.headers()}));
}

Result<HubParse> ReadCompletion(MessagePackFields& fields) {
  auto id = fields.FilledString("invocationId", "invocation ID for Completion message");
  if (!id) return id.error();
  const auto kind = fields.Integer("resultKind", "Int32");
  if (!kind) return kind.error();
  Completion completion{std::move(*id), std::nullopt, std::nullopt};
  switch (static_cast<ResultKind>(*kind)) {
    case ResultKind::kError: {
      auto error = fields.OptionalString("error");
      if (!error) return error.error();
      completion.error = std::move(*error).value_or("");
      break;
    }
    case ResultKind::kVoid:
      break;
    case ResultKind::kValue:
      if (auto result = fields.TakeValue(); !result) return result.error();
      completion.result = fields.value();
      break;
    default:
      return Fail(Errc::kInvalidArgument, "Invalid invocation result kind.");
  }
  completion.headers = fields.headers();
  return HubParse(HubMessage(std::move(completion)));
}

Result<HubParse> ReadCancel(MessagePackFields& fields) {
  auto id = fields.FilledString("invocationId", "invocation ID for CancelInvocation message");
  if (!id) return id.error();
  return HubParse(HubMessage(CancelInvocation{std::move(*id), fields.headers()}));
}

Result<HubParse> ReadClose(MessagePackFields& fields) {
  auto error = fields.OptionalString("error");
  if (!error) return error.error();
  Close close{std::move(*error)};
  if (fields.HasMore()) {
    const auto allow_reconnect = fields.Bool("allowReconnect");
    if (!allow_reconnect) return allow_reconnect.error();
    close.allow_reconnect = *allow_reconnect;
  }
  return HubParse(HubMessage(std::move(close)));
}

template <typename Message>
Result<HubParse> ReadNumbered(MessagePackFields& fields) {
  const auto id = fields.Integer("sequenceId", "Int64");
  if (!id) return id.error();
  if (*id < 0) return Fail(Errc::kInvalidArgument, "'sequenceId' must not be negative.");
  return HubParse(HubMessage(Message{*id}));
}

Result<HubParse> ReadMessage(MessagePackFields& fields, std::int64_t type) {
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

bool HasHeaders(std::int64_t type) {
  return type <= static_cast<std::int64_t>(MessageType::kCancelInvocation);
}

}  // namespace

Result<HubParse> MessagePackHubProtocol::Parse(std::string_view& input, std::string& values) const {
  values.clear();
  const auto body = TakeFrame(input, limits_.max_message_bytes);
  if (!body) return body.error();
  if (!*body) return HubParse(NeedMore{});
  MessagePackFields fields(**body, limits_.max_depth, values);
  const auto type = fields.Type();
  if (!type) return type.error();
  if (*type < 1 || *type > static_cast<std::int64_t>(MessageType::kSequence)) {
    return HubParse(IgnoredMessage{*type});
  }
  if (HasHeaders(*type)) {
    if (auto headers = fields.TakeHeaders(); !headers) return headers.error();
  }
  auto message = ReadMessage(fields, *type);
  if (!message) return message;
  if (auto finished = fields.Finish(); !finished) return finished.error();
  return message;
}

}  // namespace notify::signalr
