#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/ingress/signalr/hub_connection.hpp"

namespace notify::agent::ingress::signalr {

/// One running `StreamEvents` of a connection.
///
/// Lifetime: Leave() before its connection's Run() ends.
/// Threads:  the connection's.
class EventPart final : public hub::Subscriber, public std::enable_shared_from_this<EventPart> {
 public:
  EventPart(HubConnection& connection, std::string invocation)
      : connection_(&connection), invocation_(std::move(invocation)) {}

  /// Reads the filter and subscribes. An error ends the stream.
  async::Task<Status> Begin(std::string_view filter);
  /// Out of the hub; nothing is sent any more.
  void Leave();
  void RoomAgain();

  bool HasRoom() const override {
    return connection_ != nullptr && !ending_ && connection_->HasRoom();
  }
  void Deliver(const hub::Message& event) override;
  bool Offer(const hub::Message&) override { return false; }
  void Skip(std::string_view subscription, const Gap& gap) override;
  void Unsubscribed(const hub::EndedSubscription&) override {}
  void Flush() override;
  void Close(const hub::Farewell& farewell) override;

 private:
  void EndSoon(std::string error);

  HubConnection* connection_;
  const std::string invocation_;
  hub::ClientPtr client_;
  bool continue_on_gap_ = false;
  bool ending_ = false;
};

}  // namespace notify::agent::ingress::signalr
