#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "cli/top_level/fanout_ledger.hpp"
#include "common/result.hpp"
#include "common/websocket/message_reader.hpp"

namespace notify::cli::top_level {

/// What all members send, made once.
struct FanoutScript {
  std::string negotiate;  ///< The request; empty: the negotiation is skipped.
  std::string upgrade_target;
  std::string upgrade_rest;  ///< Of the upgrade's request, behind its target.
  std::string accept;        ///< What the upgrade's answer must say.
  std::string hello;         ///< Frames: the handshake, and the subscription as invocation 1.
  std::string ping;          ///< A frame.
};

/// One of many hub connections, in as little memory as it takes: some 80 bytes while nothing is
/// half received.
///
/// Lifetime: owns its descriptor; script and ledger outlive it. Threads: one at a time.
class FanoutMember {
 public:
  FanoutMember(int descriptor, const FanoutScript& script);
  ~FanoutMember();
  FanoutMember(const FanoutMember&) = delete;
  FanoutMember& operator=(const FanoutMember&) = delete;

  /// Sends its first request. kAgentUnreachable where the socket does not take it.
  Status Begin();
  /// Takes what has come into `buffer`, which members share, and answers or checks it. An error is
  /// the connection's end: kAgentUnreachable, or the agent's Error while it joins.
  Status Receive(std::span<char> buffer, FanoutLedger& ledger, const Clock& clock);
  /// Keeps the connection alive.
  void Ping();

  bool joined() const { return phase_ == Phase::kJoined; }
  int descriptor() const { return descriptor_; }
  /// The number of the event that comes next.
  std::int64_t expected() const { return expected_; }

 private:
  enum class Phase : std::uint8_t { kNegotiating, kUpgrading, kSubscribing, kJoined };

  Status Send(std::string_view bytes);
  Status TakeBytes(std::span<char> bytes, FanoutLedger& ledger, Clock::TimePoint now);
  Status TakeHead(std::span<char> bytes, FanoutLedger& ledger, Clock::TimePoint now);
  Status TakeNegotiation(std::string_view head, std::string_view body);
  Status TakeFrames(std::span<char> bytes, FanoutLedger& ledger, Clock::TimePoint now);
  Status TakeText(std::string_view text, FanoutLedger& ledger, Clock::TimePoint now);
  Status TakeMessage(std::string_view message, FanoutLedger& ledger, Clock::TimePoint now);

  const FanoutScript& script_;
  const int descriptor_;
  Phase phase_;
  websocket::MessageReader reader_;
  std::unique_ptr<std::string> rest_;  // Half an answer, or half a message.
  std::int64_t expected_ = 0;
};

}  // namespace notify::cli::top_level
