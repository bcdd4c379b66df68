#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/flow/event_source.hpp"

namespace notify::agent::hub {

/// The forms in which a message leaves. Another protocol is another form.
enum class Wire : std::uint8_t {
  kEnvelope,          ///< A block of `/api/events/stream`.
  kJson,              ///< An invocation of the JSON hub protocol, as it is;
  kJsonEvent,         ///< in a block of server-sent events;
  kJsonFrame,         ///< in a WebSocket frame.
  kMessagePack,       ///< An invocation of the MessagePack hub protocol, as it is;
  kMessagePackFrame,  ///< in a WebSocket frame.
  kJsonDeflated,      ///< As kJsonFrame, compressed.
  kMessagePackDeflated,
};
inline constexpr std::size_t kWires = 8;

/// Bytes ready for a socket.
struct Encoded {
  std::string buffer;
  std::size_t begin = 0;  ///< What is sent begins here: room for a header may lie unused before.
  std::string_view bytes() const { return std::string_view(buffer).substr(begin); }
};
// Shared by all connections of a thread that the bytes wait for.
using EncodedPtr = std::shared_ptr<const Encoded>;

/// Something that a client is told: a stored event, or a call. However many clients get it, it is
/// encoded once for each form.
///
/// Lifetime: an event's message within that of its batch.
/// Threads:  one at a time.
class Message {
 public:
  /// The event `index` of `batch`, which outlives the message.
  Message(const TenantRecord& tenant, const CommittedBatch& batch, std::size_t index);
  /// The event may have been sent before: its envelope says `redelivered`. Before any form of it
  /// is asked for.
  void MarkRedelivered() { redelivered_ = true; }
  /// A call with one argument, a JSON value. In a client's queue it takes the place of one that
  /// waits there with the same `key`; an empty key is nobody's.
  Message(std::string method, std::string argument, std::string key = {});

  /// The method that is invoked: of an event its type.
  const std::string& method() const { return method_; }
  /// The method's one argument: of an event what the tenant chose, the envelope or its data alone.
  std::string_view argument() const;
  /// Of an event: the envelope, whatever the tenant chose. Of a call: the argument.
  const std::string& envelope() const;
  /// Of an event; sequence 0 for a call.
  Position position() const { return position_; }
  const std::string& coalesce_key() const { return key_; }

  using Encoder = Encoded (*)(const Message&);
  /// The encoded form, made when it is first asked for.
  EncodedPtr As(Wire wire, Encoder encoder) const;

 private:
  const TenantRecord* tenant_ = nullptr;
  const CommittedBatch* batch_ = nullptr;
  std::size_t index_ = 0;
  std::string method_;
  std::string key_;
  Position position_;
  bool redelivered_ = false;
  mutable std::optional<std::string> argument_;
  mutable std::optional<std::string> envelope_;
  mutable std::array<EncodedPtr, kWires> encoded_;
};

}  // namespace notify::agent::hub
