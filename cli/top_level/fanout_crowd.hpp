#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/client/endpoint.hpp"
#include "cli/top_level/event_loop.hpp"
#include "cli/top_level/fanout_member.hpp"
#include "common/random.hpp"

namespace notify::cli::top_level {

/// How a crowd joins.
struct FanoutJoin {
  client::Endpoint endpoint;
  std::int64_t connections = 0;
  std::int64_t ramp = 0;  ///< Joins a second; 0: as fast as they are answered.
};

/// Many members on one event loop, with no thread of their own.
///
/// Lifetime: script, ledger, clock and loop outlive it. Threads: one at a time.
class FanoutCrowd {
 public:
  FanoutCrowd(FanoutJoin join, const FanoutScript& script, FanoutLedger& ledger, EventLoop& loop,
              const Clock& clock);

  /// Connects all of them and waits until each has joined or failed. `progress` gets how many did.
  /// kAgentUnreachable where nobody answers at all.
  Status Join(const std::function<void(std::uint64_t)>& progress);

  /// What the loop says about member `index`.
  void Ready(std::uint32_t index);
  /// Pings those whose turn it is; call it at least once a second.
  void KeepAlive();

  std::int64_t joined() const { return joined_; }
  std::int64_t join_failures() const { return join_failures_; }
  std::int64_t disconnected() const { return disconnected_; }
  const std::string& first_error() const { return first_error_; }
  std::chrono::nanoseconds join_time() const { return join_time_; }
  /// How many of the first `sent` events those that are still there have not got.
  std::int64_t Missing(std::int64_t sent) const;

 private:
  Status Begin(std::uint32_t index);
  Status BeginDue();
  void Drop(std::uint32_t index, const Error& why);

  const FanoutJoin join_;
  const FanoutScript& script_;
  FanoutLedger& ledger_;
  EventLoop& loop_;
  const Clock& clock_;
  std::vector<char> buffer_;  // Of all members' reads.
  std::vector<std::unique_ptr<FanoutMember>> members_;
  std::int64_t begun_ = 0;
  std::int64_t joining_ = 0;
  std::int64_t joined_ = 0;
  std::int64_t join_failures_ = 0;
  std::int64_t disconnected_ = 0;
  std::int64_t missing_of_dropped_ = 0;  // Their next numbers, added up.
  int refused_in_a_row_ = 0;
  std::string first_error_;
  Clock::TimePoint begun_at_{};
  std::chrono::nanoseconds join_time_{0};
  Clock::TimePoint pinged_at_{};
  std::size_t next_ping_ = 0;
};

}  // namespace notify::cli::top_level
