#include "agent/ingress/signalr/dialect.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "common/signalr/handshake.hpp"
#include "common/signalr/json_hub_protocol.hpp"

namespace notify::agent::ingress::signalr {
namespace {

using ::notify::signalr::HubProtocol;
using ::notify::signalr::RawJson;
using ::notify::signalr::TransferFormat;

// Writing has no limits, so one of each is enough.
const ::notify::signalr::JsonHubProtocol kJson;

constexpr std::string_view kBlockBegin = "data: ";
constexpr std::string_view kBlockEnd = "\r\n\r\n";

/// Bytes that `append` writes, framed without copying them.
template <typename Append>
hub::Encoded Framed(Framing framing, websocket::Opcode opcode, const Append& append) {
  hub::Encoded encoded;
  std::string& out = encoded.buffer;
  if (framing == Framing::kEventStream) out = kBlockBegin;
  if (framing == Framing::kWebSocket) out.resize(websocket::kHeaderRoom);
  append(out);
  if (framing == Framing::kEventStream) out += kBlockEnd;
  if (framing == Framing::kWebSocket) {
    encoded.begin = out.size() - websocket::FinishFrame(std::span(out), opcode).size();
  }
  return encoded;
}

template <const auto& kProtocol, Framing kFraming>
hub::Encoded EncodeInvocation(const hub::Message& message) {
  return Framed(kFraming, OpcodeOf(kProtocol), [&](std::string& out) {
    const std::array<RawJson, 1> arguments{message.argument()};
    // Room for the frame, the block and the members' names.
    out.reserve(out.size() + arguments[0].size() + message.method().size() + 80);
    kProtocol.AppendInvocation(out, message.method(), arguments);
  });
}

const std::array kDialects = {
    Dialect{kJson, Framing::kBare, hub::Wire::kJson, EncodeInvocation<kJson, Framing::kBare>},
    Dialect{kJson, Framing::kEventStream, hub::Wire::kJsonEvent,
            EncodeInvocation<kJson, Framing::kEventStream>},
    Dialect{kJson, Framing::kWebSocket, hub::Wire::kJsonFrame,
            EncodeInvocation<kJson, Framing::kWebSocket>},
};

hub::EncodedPtr Shared(hub::Encoded encoded) {
  return std::make_shared<const hub::Encoded>(std::move(encoded));
}

}  // namespace

const Dialect* FindDialect(std::string_view protocol, Framing framing) {
  const auto* const found = std::ranges::find_if(kDialects, [&](const Dialect& each) {
    return each.protocol.Name() == protocol && each.framing == framing;
  });
  return found == kDialects.end() ? nullptr : found;
}

websocket::Opcode OpcodeOf(const HubProtocol& protocol) {
  return protocol.Format() == TransferFormat::kText ? websocket::Opcode::kText
                                                    : websocket::Opcode::kBinary;
}

hub::EncodedPtr Encode(const Dialect& dialect, const ::notify::signalr::HubMessage& message) {
  return Shared(Framed(dialect.framing, OpcodeOf(dialect.protocol),
                       [&](std::string& out) { dialect.protocol.Append(out, message); }));
}

hub::EncodedPtr EncodeCall(const Dialect& dialect, std::string_view method,
                           std::string_view argument) {
  return Shared(Framed(dialect.framing, OpcodeOf(dialect.protocol), [&](std::string& out) {
    const std::array<RawJson, 1> arguments{argument};
    dialect.protocol.AppendInvocation(out, method, arguments);
  }));
}

hub::EncodedPtr EncodeHandshake(Framing framing, websocket::Opcode opcode, std::string_view error) {
  return Shared(Framed(framing, opcode, [&](std::string& out) {
    ::notify::signalr::AppendHandshakeResponse(
        out, error.empty() ? std::nullopt : std::optional(error));
  }));
}

hub::EncodedPtr EncodeFrame(websocket::Opcode opcode, std::string_view payload) {
  return Shared(Framed(Framing::kWebSocket, opcode, [&](std::string& out) { out += payload; }));
}

}  // namespace notify::agent::ingress::signalr
