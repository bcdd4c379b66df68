#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/top_level/latency_histogram.hpp"
#include "common/clock.hpp"

namespace notify::cli::top_level {

/// What was wrong with what the members of a fan-out received.
struct FanoutFaults {
  std::int64_t lost = 0;          ///< Numbers that were passed over.
  std::int64_t repeated = 0;      ///< Numbers that came again, or late.
  std::int64_t altered = 0;       ///< Other bytes than were sent.
  std::int64_t out_of_order = 0;  ///< Positions in the log that do not rise with the numbers.
};

/// The events of one fan-out: what was sent when, and whether each member got just that. An event's
/// first arrival is looked into; all others are compared with it as bytes.
///
/// Threads: one at a time.
class FanoutLedger {
 public:
  /// `run` tells these events from all others. An event is forgotten when `members` have it.
  FanoutLedger(std::string run, std::size_t payload_bytes)
      : marker_(R"("run":")" + run + R"(","i":)"), payload_bytes_(payload_bytes) {}

  void set_members(std::int64_t members) { members_ = members; }

  /// The data (JSON) of the next event, which counts as sent at `now`.
  std::string_view Send(Clock::TimePoint now);
  /// What the agent said about the position of event `number`.
  void Confirm(std::int64_t number, std::uint64_t sequence);

  /// Checks one hub message (JSON without its end) that a member received which awaits the event
  /// `expected`, and moves that on. False where it is none of these events.
  bool Take(std::string_view message, std::int64_t& expected, Clock::TimePoint now);

  std::int64_t sent() const { return static_cast<std::int64_t>(events_.size()); }
  std::int64_t delivered() const { return delivered_; }
  const FanoutFaults& faults() const { return faults_; }
  const LatencyHistogram& latencies() const { return latencies_; }
  Clock::TimePoint last_delivery() const { return last_delivery_; }
  /// Bytes of all hub messages delivered.
  std::uint64_t bytes() const { return bytes_; }

 private:
  struct Event {
    std::string data;
    std::string message;  // As it first arrived.
    std::uint64_t sequence = 0;
    std::int64_t delivered = 0;
    Clock::TimePoint at;
  };

  bool TakeUnknown(std::string_view message, std::int64_t& expected, Clock::TimePoint now);
  void Count(Event& event, std::size_t bytes, Clock::TimePoint now);

  const std::string marker_;
  const std::size_t payload_bytes_;
  std::int64_t members_ = 0;
  std::vector<Event> events_;
  std::int64_t delivered_ = 0;
  std::uint64_t bytes_ = 0;
  FanoutFaults faults_;
  LatencyHistogram latencies_;
  Clock::TimePoint last_delivery_{};
};

}  // namespace notify::cli::top_level
