#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/hub/message.hpp"
#include "common/signalr/hub_protocol.hpp"
#include "common/websocket/frame.hpp"

/// How one connection is spoken to: hub messages, encoded and framed, ready for its transport.
/// Threads: any.
namespace notify::agent::ingress::signalr {

/// What stands around the hub messages.
enum class Framing : std::uint8_t {
  kBare,         ///< Nothing: the body of a long poll.
  kEventStream,  ///< A block of server-sent events for each. Text only.
  kWebSocket,    ///< A frame for each.
  kDeflated,     ///< A frame for each, compressed where that makes it smaller.
};

/// One protocol in one framing.
struct Dialect {
  const ::notify::signalr::HubProtocol& protocol;  ///< For writing; it has no limits.
  Framing framing;
  hub::Wire wire;
  hub::Message::Encoder invocation;  ///< The call that tells a client of a message.
};

/// The dialect of the protocol with that name in the handshake; null where there is none, or where
/// the framing cannot carry it.
const Dialect* FindDialect(std::string_view protocol, Framing framing);
/// What WebSocket frames of the protocol are.
websocket::Opcode OpcodeOf(const ::notify::signalr::HubProtocol& protocol);

/// One hub message.
hub::EncodedPtr Encode(const Dialect& dialect, const ::notify::signalr::HubMessage& message);
/// A call of `method` with one argument, a JSON value.
hub::EncodedPtr EncodeCall(const Dialect& dialect, std::string_view method,
                           std::string_view argument);
/// The answer to a handshake that failed, or for an empty `error` that succeeded.
hub::EncodedPtr EncodeHandshake(Framing framing, websocket::Opcode opcode, std::string_view error);
/// A frame of any kind.
hub::EncodedPtr EncodeFrame(websocket::Opcode opcode, std::string_view payload);

}  // namespace notify::agent::ingress::signalr
