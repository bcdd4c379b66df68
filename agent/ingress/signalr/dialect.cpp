#include "agent/ingress/signalr/dialect.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "common/signalr/handshake.hpp"
#include "common/signalr/json_hub_protocol.hpp"
#include "common/signalr/messagepack_hub_protocol.hpp"
#include "common/websocket/deflater.hpp"

namespace notify::agent::ingress::signalr {
namespace {

using ::notify::signalr::HubProtocol;
using ::notify::signalr::RawJson;
using ::notify::signalr::TransferFormat;

// Writing has no limits, so one of each is enough.
const ::notify::signalr::JsonHubProtocol kJson;
const ::notify::signalr::MessagePackHubProtocol kMessagePack;

// What is smaller takes as long to compress and gains little.
constexpr std::size_t kWorthDeflating = 512;

constexpr std::string_view kBlockBegin = "data: ";
constexpr std::string_view kBlockEnd = "\r\n\r\n";

/// The compressed frame of the payload behind a header's room; the plain one where it is smaller.
hub::Encoded Deflated(std::string plain, websocket::Opcode opcode) {
  // Messages stand alone, so one for the thread is enough, and it is made where one is compressed.
  thread_local websocket::Deflater deflater;
  hub::Encoded encoded;
  const std::string_view payload = std::string_view(plain).substr(websocket::kHeaderRoom);
  websocket::Packing packing = websocket::Packing::kPlain;
  if (payload.size() >= kWorthDeflating) {
    encoded.buffer.resize(websocket::kHeaderRoom);
    deflater.Append(encoded.buffer, payload);
    if (encoded.buffer.size() < plain.size()) packing = websocket::Packing::kDeflated;
  }
  if (packing == websocket::Packing::kPlain) encoded.buffer = std::move(plain);
  const auto frame = websocket::FinishFrame(std::span(encoded.buffer), opcode, packing);
  encoded.begin = encoded.buffer.size() - frame.size();
  return encoded;
}

/// Bytes that `append` writes, framed without copying them.
template <typename Append>
hub::Encoded Framed(Framing framing, websocket::Opcode opcode, const Append& append) {
  hub::Encoded encoded;
  std::string& out = encoded.buffer;
  if (framing == Framing::kEventStream) out = kBlockBegin;
  const bool frame = framing == Framing::kWebSocket || framing == Framing::kDeflated;
  if (frame) out.resize(websocket::kHeaderRoom);
  append(out);
  if (framing == Framing::kDeflated) return Deflated(std::move(out), opcode);
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
    Dialect{kJson, Framing::kDeflated, hub::Wire::kJsonDeflated,
            EncodeInvocation<kJson, Framing::kDeflated>},
    Dialect{kMessagePack, Framing::kBare, hub::Wire::kMessagePack,
            EncodeInvocation<kMessagePack, Framing::kBare>},
    Dialect{kMessagePack, Framing::kWebSocket, hub::Wire::kMessagePackFrame,
            EncodeInvocation<kMessagePack, Framing::kWebSocket>},
    Dialect{kMessagePack, Framing::kDeflated, hub::Wire::kMessagePackDeflated,
            EncodeInvocation<kMessagePack, Framing::kDeflated>},
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
    ::notify::signalr::AppendHandshakeResponse(out,
                                               error.empty() ? std::nullopt : std::optional(error));
  }));
}

hub::EncodedPtr EncodeFrame(websocket::Opcode opcode, std::string_view payload) {
  return Shared(Framed(Framing::kWebSocket, opcode, [&](std::string& out) { out += payload; }));
}

}  // namespace notify::agent::ingress::signalr
