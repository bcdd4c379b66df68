#include "agent/ingress/signalr/wire.hpp"

#include <array>
#include <span>

#include "common/signalr/json_hub_protocol.hpp"

namespace notify::agent::ingress::signalr {
namespace {
// Writing has no limits, so one is enough.
const ::notify::signalr::JsonHubProtocol kJson;
}  // namespace

hub::Encoded EncodeInvocation(const hub::Message& message) {
  hub::Encoded encoded;
  const std::array<::notify::signalr::RawJson, 1> arguments{message.argument()};
  encoded.buffer.reserve(websocket::kHeaderRoom + arguments[0].size() + message.method().size() +
                         48);
  encoded.buffer.resize(websocket::kHeaderRoom);
  kJson.AppendInvocation(encoded.buffer, message.method(), arguments);
  const std::size_t frame =
      websocket::FinishFrame(std::span(encoded.buffer), websocket::Opcode::kText).size();
  encoded.begin = encoded.buffer.size() - frame;
  return encoded;
}

std::string EncodeFrame(const ::notify::signalr::HubMessage& message) {
  std::string payload;
  kJson.Append(payload, message);
  return RawFrame(websocket::Opcode::kText, payload);
}

std::string EncodeCall(std::string_view method, std::string_view argument) {
  std::string payload;
  const std::array<::notify::signalr::RawJson, 1> arguments{argument};
  kJson.AppendInvocation(payload, method, arguments);
  return RawFrame(websocket::Opcode::kText, payload);
}

std::string RawFrame(websocket::Opcode opcode, std::string_view payload) {
  std::string frame;
  websocket::AppendFrame(frame, opcode, payload);
  return frame;
}

}  // namespace notify::agent::ingress::signalr
