#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/hub_client.hpp"

namespace notify::simulation {

/// A hub client that shows each event once, whatever its connections do: `seen` is what it showed,
/// in the order of the numbers. It complains of what comes again and does not say so.
class ShowingClient : public HubClient {
 public:
  using HubClient::HubClient;

 protected:
  /// Whether it is the first time.
  bool ShowOnce(const Told& told);
};

/// Subscribes once, and resumes its session on each connection after that. What comes before the
/// answer to Resume it holds back, and shows with that.
class ResumingClient final : public ShowingClient {
 public:
  using ShowingClient::ShowingClient;
  async::Task<void> Run(Net net, async::IoThread& io) override;
  std::size_t resumed = 0;

 private:
  void Begin() override;
  void Welcomed(std::string_view argument) override;
  void Answered(const signalr::Completion& completion) override;
  void Came(std::string_view envelope) override;
  void Handled(Clock::TimePoint now) override;

  void Subscribe();
  void Follow(const Told& told);
  /// Whether the agent must have the session: it was kept, or the agent is the one that gave it.
  bool promised() const { return kept_ || life_ == session_life_; }

  std::string session_;             // What is resumed next; empty: subscribe.
  std::uint64_t life_ = 0;          // Of the agent, counted from 1,
  std::uint64_t session_life_ = 0;  // and which of them gave the session.
  bool kept_ = false;               // It was there for so long that a killed agent has it.
  std::uint64_t after_ = 0;         // The last event that came in order.

  // Of this connection:
  std::string next_;  // Its own session.
  bool joined_ = false;
  std::uint64_t last_here_ = 0;
  Clock::TimePoint joined_at_{};
  std::vector<Told> early_;
};

/// Holds a durable subscription and acknowledges what it showed, sooner or later. It complains of
/// what comes again after the agent has answered its acknowledgement.
class AcknowledgingClient final : public ShowingClient {
 public:
  using ShowingClient::ShowingClient;
  std::uint64_t acknowledged = 0;

 private:
  void Begin() override { subscribed_ = false; }
  void Welcomed(std::string_view argument) override;
  void Answered(const signalr::Completion& completion) override;
  void Came(std::string_view envelope) override;
  void Handled(Clock::TimePoint now) override;

  bool exists_ = false;  // The agent has said that it has the subscription.
  // Of this connection:
  bool subscribed_ = false;
  std::uint64_t asked_ = 0;  // The last acknowledgement that was sent.
};

}  // namespace notify::simulation
