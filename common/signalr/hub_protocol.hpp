#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "common/result.hpp"
#include "common/signalr/hub_message.hpp"

namespace notify::signalr {

/// What a transport must be able to carry.
enum class TransferFormat : std::uint8_t { kText, kBinary };

/// How much a peer may send in one message. The defaults are a server's.
struct HubLimits {
  std::size_t max_message_bytes = 32 * 1024;
  int max_depth = 64;  ///< Arrays and objects inside each other, the message itself included.
};

/// The input holds no whole message yet; nothing was taken off it.
struct NeedMore {};

/// A whole message of a type that we do not know was taken off the input. Do nothing.
struct IgnoredMessage {
  std::int64_t type = 0;
};

/// What Parse found.
using HubParse = std::variant<NeedMore, IgnoredMessage, HubMessage>;

/// One encoding of hub messages, `json` or `messagepack`; agreed in the handshake. Holds no state
/// of a connection. Threads: any.
class HubProtocol {
 public:
  virtual ~HubProtocol() = default;

  /// The name in the handshake.
  virtual std::string_view Name() const = 0;
  virtual TransferFormat Format() const = 0;
  /// The highest version spoken; 2 adds Ack and Sequence.
  virtual int MaxVersion() const { return 2; }

  /// Takes the first whole message off `input`. Call it until NeedMore, then keep what is left and
  /// put the next bytes behind it.
  /// Lifetime: the message's RawJson are views into the memory of `input`, or of `values`, where a
  /// protocol that is not JSON puts what it translated; both stay as they are while it is used.
  /// Errors: a broken protocol, which ends the connection: kInvalidJson, kJsonTooDeep,
  /// kInvalidArgument (a property missing or of the wrong type), kBodyTooLarge (also as soon as an
  /// unfinished message is over the limit).
  virtual Result<HubParse> Parse(std::string_view& input, std::string& values) const = 0;

  /// Appends `message`. Its RawJson must be valid; its strings valid UTF-8.
  virtual void Append(std::string& out, const HubMessage& message) const = 0;

  // The same without building a message, for the paths that are hot.

  /// An Invocation that wants no answer.
  virtual void AppendInvocation(std::string& out, std::string_view target,
                                std::span<const RawJson> arguments) const = 0;
  virtual void AppendStreamItem(std::string& out, std::string_view invocation_id,
                                RawJson item) const = 0;
  /// Completions: with a result, of a method that returns nothing, with an error.
  virtual void AppendResult(std::string& out, std::string_view invocation_id,
                            RawJson result) const = 0;
  virtual void AppendVoidResult(std::string& out, std::string_view invocation_id) const = 0;
  virtual void AppendError(std::string& out, std::string_view invocation_id,
                           std::string_view error) const = 0;
  virtual void AppendPing(std::string& out) const = 0;
  virtual void AppendClose(std::string& out, std::optional<std::string_view> error,
                           bool allow_reconnect) const = 0;
};

}  // namespace notify::signalr
