#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "agent/hub/message.hpp"
#include "common/result.hpp"
#include "common/signalr/hub_message.hpp"

namespace notify::agent::ingress::signalr {

/// What lets a connection lose its WebSocket and go on (signalr.md 9.7): each side numbers the
/// messages of types 1 to 5 from 1 on, keeps what it sent until it is acknowledged, and after a new
/// WebSocket came tells with `Sequence` where it sends on from.
///
/// Lifetime: as the connection.
/// Threads:  the connection's.
class MessageBuffer {
 public:
  explicit MessageBuffer(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  /// Whether messages of this type are numbered.
  static bool Counts(const ::notify::signalr::HubMessage& message);

  // What we send.
  /// Keeps the next message until it is acknowledged.
  void Keep(hub::EncodedPtr message);
  /// Whether events may still be sent; answers always are.
  bool HasRoom() const { return bytes_ < max_bytes_; }
  std::size_t bytes() const { return bytes_; }
  /// The other side has all up to `number`. kInvalidArgument where it was never sent.
  Status Acknowledged(std::int64_t number);
  /// What Sequence says: the number of the first message that is kept, or of the next one.
  std::int64_t first() const { return first_; }
  /// In their order.
  const std::deque<hub::EncodedPtr>& kept() const { return kept_; }

  // What we receive.
  /// A new WebSocket is there: nothing counts before its Sequence.
  void AwaitSequence() { awaiting_ = true; }
  bool awaiting() const { return awaiting_; }
  /// The other side sends on from `number`. kInvalidArgument where some would be missing.
  Status SendsFrom(std::int64_t number);
  /// The next numbered message arrived. False: it was handled before, or comes too early.
  bool Receive();
  /// What is to be acknowledged, once for each number; nothing where nothing new was received.
  std::optional<std::int64_t> TakeAck();

 private:
  const std::size_t max_bytes_;
  // Shared with the outbox, and with the other connections that get the same.
  std::deque<hub::EncodedPtr> kept_;
  std::size_t bytes_ = 0;
  std::int64_t first_ = 1;     // Of what is kept.
  std::int64_t next_in_ = 1;   // Of what arrives next.
  std::int64_t received_ = 0;  // The last that was handled.
  std::int64_t told_ = 0;      // The last that was acknowledged.
  bool repeat_ack_ = false;    // A duplicate says that our Ack was lost.
  bool awaiting_ = false;
};

}  // namespace notify::agent::ingress::signalr
