#pragma once

#include <cstdint>
#include <string>

#include "agent/async/signal.hpp"
#include "agent/ingress/signalr/transport.hpp"

namespace notify::agent::ingress::signalr {

class HubConnection;

/// One GET after another that carries a connection's downward half (signalr.md 5); what the client
/// sends comes by POST.
///
/// Lifetime: as its connection.
/// Threads:  its connection's.
class LongPollTransport final : public Transport {
 public:
  explicit LongPollTransport(HubConnection& connection);

  /// What a poll is answered with.
  struct Answer {
    bool over = false;  ///< Nothing, and nothing will follow: the connection is over, or a newer
                        ///< poll came.
    std::string body;   ///< Whole hub messages; empty where none came in time.
  };
  /// Waits for data, the end, a newer poll, or the poll's time limit.
  async::Task<Answer> Poll();
  /// The client ends the connection.
  void Delete();

  void Write() override;
  void End(bool failed) override;
  void Abort() override;
  /// What the last poll was answered with counts as taken when the next one comes.
  std::size_t Unacknowledged() const override { return answered_; }
  void Look(Clock::TimePoint now) override;
  /// Between two polls, and for the end of each.
  bool watched() const override { return true; }

 private:
  void Over();

  HubConnection& connection_;
  std::uint64_t last_poll_ = 0;
  std::size_t answered_ = 0;  // Bytes of the last answer.
  bool polling_ = false;
  bool ended_ = false;
  Clock::TimePoint polled_;  // When the last poll was answered.
  async::Signal changed_;
};

}  // namespace notify::agent::ingress::signalr
