#include <array>
#include <charconv>

#include "common/json_text.hpp"
#include "common/signalr/json_hub_protocol.hpp"

namespace notify::signalr {
namespace {

void AppendInteger(std::string& out, std::int64_t value) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

// `{"type":N` and the headers, which come next where there are any.
void Begin(std::string& out, MessageType type, RawJson headers = {}) {
  out += "{\"type\":";
  out += static_cast<char>('0' + static_cast<int>(type));
  if (headers.empty()) return;
  out += ",\"headers\":";
  out += headers;
}

void End(std::string& out) {
  out += '}';
  out += kRecordSeparator;
}

void AppendId(std::string& out, std::string_view invocation_id) {
  out += ",\"invocationId\":";
  AppendJsonString(out, invocation_id);
}

void AppendCall(std::string& out, std::string_view target, std::span<const RawJson> arguments) {
  out += ",\"target\":";
  AppendJsonString(out, target);
  out += ",\"arguments\":[";
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (i > 0) out += ',';
    out += arguments[i];
  }
  out += ']';
}

void AppendStreamIds(std::string& out, std::span<const std::string> stream_ids) {
  if (stream_ids.empty()) return;
  out += ",\"streamIds\":[";
  for (std::size_t i = 0; i < stream_ids.size(); ++i) {
    if (i > 0) out += ',';
    AppendJsonString(out, stream_ids[i]);
  }
  out += ']';
}

void AppendText(std::string& out, std::string_view name_and_colon, std::string_view text) {
  out += name_and_colon;
  AppendJsonString(out, text);
}

struct Writer {
  const JsonHubProtocol& protocol;
  std::string& out;

  void operator()(const Invocation& message) const {
    Begin(out, MessageType::kInvocation, message.headers);
    if (message.invocation_id) AppendId(out, *message.invocation_id);
    AppendCall(out, message.target, message.arguments);
    AppendStreamIds(out, message.stream_ids);
    End(out);
  }
  void operator()(const StreamItem& message) const {
    Begin(out, MessageType::kStreamItem, message.headers);
    AppendId(out, message.invocation_id);
    out += ",\"item\":";
    out += message.item;
    End(out);
  }
  void operator()(const Completion& message) const {
    Begin(out, MessageType::kCompletion, message.headers);
    AppendId(out, message.invocation_id);
    if (message.error) {
      AppendText(out, ",\"error\":", *message.error);
    } else if (message.result) {
      out += ",\"result\":";
      out += *message.result;
    }
    End(out);
  }
  void operator()(const StreamInvocation& message) const {
    Begin(out, MessageType::kStreamInvocation, message.headers);
    AppendId(out, message.invocation_id);
    AppendCall(out, message.target, message.arguments);
    AppendStreamIds(out, message.stream_ids);
    End(out);
  }
  void operator()(const CancelInvocation& message) const {
    Begin(out, MessageType::kCancelInvocation, message.headers);
    AppendId(out, message.invocation_id);
    End(out);
  }
  void operator()(const Ping&) const { protocol.AppendPing(out); }
  void operator()(const Close& message) const {
    protocol.AppendClose(out, message.error, message.allow_reconnect);
  }
  void operator()(const Ack& message) const {
    AppendNumbered(MessageType::kAck, message.sequence_id);
  }
  void operator()(const Sequence& message) const {
    AppendNumbered(MessageType::kSequence, message.sequence_id);
  }

  void AppendNumbered(MessageType type, std::int64_t sequence_id) const {
    Begin(out, type);
    out += ",\"sequenceId\":";
    AppendInteger(out, sequence_id);
    End(out);
  }
};

}  // namespace

void JsonHubProtocol::Append(std::string& out, const HubMessage& message) const {
  std::visit(Writer{*this, out}, message);
}

void JsonHubProtocol::AppendInvocation(std::string& out, std::string_view target,
                                       std::span<const RawJson> arguments) const {
  Begin(out, MessageType::kInvocation);
  AppendCall(out, target, arguments);
  End(out);
}

void JsonHubProtocol::AppendStreamItem(std::string& out, std::string_view invocation_id,
                                       RawJson item) const {
  Begin(out, MessageType::kStreamItem);
  AppendId(out, invocation_id);
  out += ",\"item\":";
  out += item;
  End(out);
}

void JsonHubProtocol::AppendResult(std::string& out, std::string_view invocation_id,
                                   RawJson result) const {
  Begin(out, MessageType::kCompletion);
  AppendId(out, invocation_id);
  out += ",\"result\":";
  out += result;
  End(out);
}

void JsonHubProtocol::AppendVoidResult(std::string& out, std::string_view invocation_id) const {
  Begin(out, MessageType::kCompletion);
  AppendId(out, invocation_id);
  End(out);
}

void JsonHubProtocol::AppendError(std::string& out, std::string_view invocation_id,
                                  std::string_view error) const {
  Begin(out, MessageType::kCompletion);
  AppendId(out, invocation_id);
  AppendText(out, ",\"error\":", error);
  End(out);
}

void JsonHubProtocol::AppendPing(std::string& out) const {
  Begin(out, MessageType::kPing);
  End(out);
}

void JsonHubProtocol::AppendClose(std::string& out, std::optional<std::string_view> error,
                                  bool allow_reconnect) const {
  Begin(out, MessageType::kClose);
  if (error) AppendText(out, ",\"error\":", *error);
  if (allow_reconnect) out += ",\"allowReconnect\":true";
  End(out);
}

}  // namespace notify::signalr
