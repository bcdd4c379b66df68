#include "common/signalr/messagepack_frame.hpp"
#include "common/signalr/messagepack_from_json.hpp"
#include "common/signalr/messagepack_hub_protocol.hpp"
#include "common/signalr/messagepack_writer.hpp"

namespace notify::signalr {
namespace {

using messagepack::AppendArrayHeader;
using messagepack::AppendFromJson;
using messagepack::AppendNil;
using messagepack::AppendString;

// One message: the array of so many items, and the length in front of it when it ends.
class Message {
 public:
  Message(std::string& out, MessageType type, std::size_t items) : out_(out), begin_(out.size()) {
    AppendArrayHeader(out_, items);
    messagepack::AppendUnsigned(out_, static_cast<std::uint64_t>(type));
  }
  // Its length is known only now; most move by two bytes.
  ~Message() { InsertFrameLength(out_, begin_); }

  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;

 private:
  std::string& out_;
  const std::size_t begin_;
};

void AppendHeaders(std::string& out, RawJson headers) {
  if (headers.empty()) return messagepack::AppendMapHeader(out, 0);
  AppendFromJson(out, headers);
}

void AppendText(std::string& out, std::optional<std::string_view> text) {
  if (!text) return AppendNil(out);
  AppendString(out, *text);
}

struct Call {
  MessageType type = MessageType::kInvocation;
  std::optional<std::string_view> invocation_id;
  std::string_view target;
  std::span<const RawJson> arguments;
  std::span<const std::string> stream_ids;
  RawJson headers;
};

void AppendCall(std::string& out, const Call& call) {
  const Message message(out, call.type, 6);
  AppendHeaders(out, call.headers);
  AppendText(out, call.invocation_id);
  AppendString(out, call.target);
  AppendArrayHeader(out, call.arguments.size());
  for (const RawJson argument : call.arguments) AppendFromJson(out, argument);
  AppendArrayHeader(out, call.stream_ids.size());
  for (const std::string& id : call.stream_ids) AppendString(out, id);
}

void AppendItem(std::string& out, std::string_view invocation_id, RawJson item, RawJson headers) {
  const Message message(out, MessageType::kStreamItem, 4);
  AppendHeaders(out, headers);
  AppendString(out, invocation_id);
  AppendFromJson(out, item);
}

void AppendCompletion(std::string& out, std::string_view invocation_id,
                      std::optional<RawJson> result, std::optional<std::string_view> error,
                      RawJson headers = {}) {
  const ResultKind kind = error    ? ResultKind::kError
                          : result ? ResultKind::kValue
                                   : ResultKind::kVoid;
  const Message message(out, MessageType::kCompletion, kind == ResultKind::kVoid ? 4 : 5);
  AppendHeaders(out, headers);
  AppendString(out, invocation_id);
  messagepack::AppendUnsigned(out, static_cast<std::uint64_t>(kind));
  if (error) {
    AppendString(out, *error);
  } else if (result) {
    AppendFromJson(out, *result);
  }
}

void AppendNumbered(std::string& out, MessageType type, std::int64_t sequence_id) {
  const Message message(out, type, 2);
  messagepack::AppendSigned(out, sequence_id);
}

struct Writer {
  const MessagePackHubProtocol& protocol;
  std::string& out;

  void operator()(const Invocation& message) const {
    AppendCall(out, {MessageType::kInvocation, message.invocation_id, message.target,
                     message.arguments, message.stream_ids, message.headers});
  }
  void operator()(const StreamItem& message) const {
    AppendItem(out, message.invocation_id, message.item, message.headers);
  }
  void operator()(const Completion& message) const {
    AppendCompletion(out, message.invocation_id, message.result, message.error, message.headers);
  }
  void operator()(const StreamInvocation& message) const {
    AppendCall(out, {MessageType::kStreamInvocation, message.invocation_id, message.target,
                     message.arguments, message.stream_ids, message.headers});
  }
  void operator()(const CancelInvocation& message) const {
    const Message array(out, MessageType::kCancelInvocation, 3);
    AppendHeaders(out, message.headers);
    AppendString(out, message.invocation_id);
  }
  void operator()(const Ping&) const { protocol.AppendPing(out); }
  void operator()(const Close& message) const {
    protocol.AppendClose(out, message.error, message.allow_reconnect);
  }
  void operator()(const Ack& message) const {
    AppendNumbered(out, MessageType::kAck, message.sequence_id);
  }
  void operator()(const Sequence& message) const {
    AppendNumbered(out, MessageType::kSequence, message.sequence_id);
  }
};

}  // namespace

void MessagePackHubProtocol::Append(std::string& out, const HubMessage& message) const {
  std::visit(Writer{*this, out}, message);
}

void MessagePackHubProtocol::AppendInvocation(std::string& out, std::string_view target,
                                              std::span<const RawJson> arguments) const {
  AppendCall(out, {.target = target, .arguments = arguments});
}

void MessagePackHubProtocol::AppendStreamItem(std::string& out, std::string_view invocation_id,
                                              RawJson item) const {
  AppendItem(out, invocation_id, item, {});
}

void MessagePackHubProtocol::AppendResult(std::string& out, std::string_view invocation_id,
                                          RawJson result) const {
  AppendCompletion(out, invocation_id, result, std::nullopt);
}

void MessagePackHubProtocol::AppendVoidResult(std::string& out,
                                              std::string_view invocation_id) const {
  AppendCompletion(out, invocation_id, std::nullopt, std::nullopt);
}

void MessagePackHubProtocol::AppendError(std::string& out, std::string_view invocation_id,
                                         std::string_view error) const {
  AppendCompletion(out, invocation_id, std::nullopt, error);
}

void MessagePackHubProtocol::AppendPing(std::string& out) const {
  const Message message(out, MessageType::kPing, 1);
}

void MessagePackHubProtocol::AppendClose(std::string& out, std::optional<std::string_view> error,
                                         bool allow_reconnect) const {
  const Message message(out, MessageType::kClose, 3);
  AppendText(out, error);
  messagepack::AppendBool(out, allow_reconnect);
}

}  // namespace notify::signalr
