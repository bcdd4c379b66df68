#pragma once

#include <string>
#include <string_view>

#include "agent/hub/message.hpp"
#include "common/signalr/hub_message.hpp"
#include "common/websocket/frame.hpp"

/// Hub messages in WebSocket frames, ready for the socket. Threads: any.
namespace notify::agent::ingress::signalr {

/// The invocation that tells a client of `message`.
hub::Encoded EncodeInvocation(const hub::Message& message);
/// A frame with one hub message.
std::string EncodeFrame(const ::notify::signalr::HubMessage& message);
/// A frame with one invocation of `method`; `argument` is a JSON value.
std::string EncodeCall(std::string_view method, std::string_view argument);
/// A frame of any kind.
std::string RawFrame(websocket::Opcode opcode, std::string_view payload);

}  // namespace notify::agent::ingress::signalr
