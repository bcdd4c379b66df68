#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "common/clock.hpp"
#include "common/result.hpp"
#include "common/signalr/hub_message.hpp"

namespace notify::cli::client {

/// Whether stateful reconnect counts messages of this kind: calls, items, completions, cancels.
bool IsCounted(const signalr::HubMessage& message);

/// One side of a stateful reconnect: what was sent and not yet acknowledged, and how far the other
/// side was heard. Both directions number their counted messages from 1, and nothing of it is
/// written into the messages. It does what the stock clients do: after a loss a Sequence names the
/// first message that is sent again, which is not what the protocol's prose says.
///
/// Threads: one at a time.
class StatefulBuffer {
 public:
  /// Beyond so many bytes unacknowledged nothing more is sent.
  static constexpr std::size_t kMostBytes = 100'000;
  static constexpr std::chrono::seconds kAckAfter{1};

  /// Keeps the bytes of a counted message that is being sent.
  void Keep(std::string_view bytes);
  /// Forgets what the other side has.
  void Acknowledged(std::int64_t sequence_id);
  bool full() const { return bytes_ >= kMostBytes; }

  /// The connection is gone: what comes next counts only behind a Sequence.
  void Disconnected() { awaits_sequence_ = true; }
  bool awaits_sequence() const { return awaits_sequence_; }
  /// The number in our own Sequence: of the first message kept, or of the next one.
  std::int64_t FirstKept() const;
  /// What is to be sent behind it.
  const std::deque<std::string>& kept() const { return kept_; }

  /// Counts a message that came; whether it is to be processed. Not so where it came before the
  /// Sequence, or came already. kInvalidArgument where a Sequence is beyond what can follow.
  Result<bool> Admit(const signalr::HubMessage& message, Clock::TimePoint now);

  /// When an Ack is to be sent; nothing while there is nothing to say.
  std::optional<Clock::TimePoint> ack_due() const { return ack_due_; }
  /// The number in that Ack, which is sent now.
  std::int64_t TakeAck();

 private:
  void WantAck(Clock::TimePoint now);

  std::deque<std::string> kept_;
  std::size_t bytes_ = 0;    // Of `kept_`.
  std::int64_t sent_ = 0;    // Counted messages so far.
  std::int64_t next_ = 1;    // Number of the next that comes.
  std::int64_t latest_ = 0;  // The highest that came.
  bool awaits_sequence_ = false;
  std::optional<Clock::TimePoint> ack_due_;
};

}  // namespace notify::cli::client
