#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "cli/factory.hpp"
#include "cli/top_level/bench_connection.hpp"
#include "cli/top_level/event_loop.hpp"
#include "cli/top_level/fanout_ledger.hpp"

namespace notify::cli::top_level {

/// How a fan-out is published.
struct FanoutPace {
  std::int64_t rate = 10;  ///< Events a second; 0: the next as soon as the last is answered.
  std::int64_t burst = 1;  ///< Events in one request.
  std::int64_t count = 0;  ///< Events in all.
};

/// Publishes the events of a ledger, one request after the other, so that they lie in the log in
/// their order.
///
/// Lifetime: factory, ledger and loop outlive it. Threads: one at a time.
class FanoutPublisher {
 public:
  FanoutPublisher(Factory& factory, FanoutPace pace, std::string type, FanoutLedger& ledger,
                  EventLoop& loop);

  /// Connects; the loop says `index` of its connection. Errors as client::OpenSocket.
  Status Connect(std::uint32_t index);
  /// Sends what is due, if the last request is answered. Errors as BenchConnection::Send.
  Status SendDue();
  /// What the loop says about its connection. The agent's Error where it refuses.
  Status Ready();

  /// Until the next request is due; a while where an answer is awaited first.
  std::chrono::nanoseconds UntilDue() const;
  bool done() const { return !busy_ && ledger_.sent() >= pace_.count; }
  Clock::TimePoint begun() const { return begun_; }

 private:
  std::string BodyOf(std::int64_t events, Clock::TimePoint now);
  Clock::TimePoint Due() const;
  Status Check(const BenchAnswer& answer);

  Factory& factory_;
  const FanoutPace pace_;
  const std::string type_;
  FanoutLedger& ledger_;
  EventLoop& loop_;
  std::unique_ptr<BenchConnection> connection_;
  std::uint32_t index_ = 0;
  std::string request_;
  std::int64_t first_ = 0;  // Number of the first event under way.
  std::int64_t under_way_ = 0;
  bool busy_ = false;
  Clock::TimePoint begun_{};
};

}  // namespace notify::cli::top_level
