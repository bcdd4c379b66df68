#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The SignalR hub protocol, both directions, no I/O.
/// Source: dotnet/aspnetcore, src/SignalR/docs/specs/HubProtocol.md.
namespace notify::signalr {

/// The text of one JSON value, exactly as it came: nothing is converted, so that numbers of any
/// size pass unchanged. Lifetime: a view into the bytes it was parsed from, or into what the caller
/// holds.
using RawJson = std::string_view;

/// The values of `type` on the wire.
enum class MessageType : std::uint8_t {
  kInvocation = 1,
  kStreamItem = 2,
  kCompletion = 3,
  kStreamInvocation = 4,
  kCancelInvocation = 5,
  kPing = 6,
  kClose = 7,
  kAck = 8,
  kSequence = 9,
};

/// Calls a method of the other side.
struct Invocation {
  std::optional<std::string> invocation_id;  ///< Absent: no answer is wanted, not even an error.
  std::string target;                        ///< The method's name.
  std::vector<RawJson> arguments;
  std::vector<std::string> stream_ids;  ///< Uploads that belong to the call; mostly none.
  RawJson headers{};                    ///< An object of strings, or empty: absent.
};

/// One item of a stream.
struct StreamItem {
  std::string invocation_id;
  RawJson item;
  RawJson headers{};
};

/// Ends an invocation or a stream: with a result, with an error, or with neither.
struct Completion {
  std::string invocation_id;
  std::optional<RawJson> result;     ///< May be the JSON value null. Never with an error.
  std::optional<std::string> error;  ///< For the caller's eyes.
  RawJson headers{};
};

/// Calls a method that answers with a stream. Client to server.
struct StreamInvocation {
  std::string invocation_id;
  std::string target;
  std::vector<RawJson> arguments;
  std::vector<std::string> stream_ids;
  RawJson headers{};
};

/// Asks for the end of a stream; its Completion still follows. Client to server.
struct CancelInvocation {
  std::string invocation_id;
  RawJson headers{};
};

/// Keeps the connection alive; no answer is owed.
struct Ping {};

/// Ends the connection.
struct Close {
  std::optional<std::string> error;
  bool allow_reconnect = false;
};

/// Stateful reconnect: everything up to here was received.
struct Ack {
  std::int64_t sequence_id = 0;  ///< Never negative.
};

/// Stateful reconnect: the number of the next message that is sent.
struct Sequence {
  std::int64_t sequence_id = 0;  ///< Never negative.
};

/// Any of them.
using HubMessage = std::variant<Invocation, StreamItem, Completion, StreamInvocation,
                                CancelInvocation, Ping, Close, Ack, Sequence>;

}  // namespace notify::signalr
