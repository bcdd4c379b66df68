#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/signalr/json_hub_protocol.hpp"
#include "common/websocket/message_reader.hpp"
#include "tests/simulation/subscribers.hpp"

namespace notify::simulation {

/// A subscriber over WebSockets, with the JSON protocol. It reads whatever arrived, also where the
/// connection is lost.
class HubClient : public Subscriber {
 public:
  using Subscriber::Subscriber;
  void TakeLastBytes() override;

 protected:
  /// There is a new connection,
  virtual void Begin() {}
  /// its handshake was answered,
  virtual void Greeted() {}
  /// and this is its `connected`.
  virtual void Welcomed(std::string_view /*argument*/) {}
  virtual void Answered(const signalr::Completion& completion) = 0;
  /// An event came.
  virtual void Came(std::string_view envelope) = 0;
  /// All that came is handled.
  virtual void Handled(Clock::TimePoint /*now*/) {}

  /// Calls a method once what came is handled; the arguments are JSON.
  void Call(std::string id, std::string target, std::vector<std::string_view> arguments);
  /// Gives the connection up.
  void Leave() { closing_ = true; }

 private:
  async::Task<void> Session(const Net& net, async::IoThread& io) override;
  async::Task<std::string> Negotiate(const Net& net, async::IoThread& io);
  async::Task<bool> Open(Wire& wire, std::string id);
  /// Takes what came apart; false where the connection is to end.
  bool TakeFrames();
  bool TakeMessages();
  void Handle(const signalr::HubMessage& message);
  std::string Frame(std::string_view payload);

  // Of this connection:
  Wire* wire_ = nullptr;
  std::optional<websocket::MessageReader> reader_;
  std::string text_;  // Not taken yet.
  std::string say_;   // Not sent yet.
  bool greeted_ = false;
  bool closing_ = false;
  const signalr::JsonHubProtocol json_{{1U << 20, 64}};
};

/// Subscribes after the last event that it saw, on every connection again.
class HubSubscriber final : public HubClient {
 public:
  using HubClient::HubClient;

 private:
  void Begin() override { subscribed_ = false; }
  void Greeted() override;
  void Answered(const signalr::Completion& completion) override;
  void Came(std::string_view envelope) override;

  bool subscribed_ = false;
};

}  // namespace notify::simulation
