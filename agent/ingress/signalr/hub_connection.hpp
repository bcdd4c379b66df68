#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/ingress/live/outbox.hpp"
#include "agent/ingress/signalr/connection_token.hpp"
#include "agent/ingress/signalr/dialect.hpp"
#include "agent/ingress/signalr/invocations.hpp"
#include "agent/ingress/signalr/lane.hpp"
#include "agent/ingress/signalr/message_buffer.hpp"
#include "agent/ingress/signalr/services.hpp"
#include "agent/ingress/signalr/transport.hpp"

namespace notify::agent::ingress::signalr {

/// Where a hub connection comes from.
struct Origin {
  Negotiation negotiation;
  ::notify::signalr::Transport transport = ::notify::signalr::Transport::kWebSockets;
  bool deflate = false;  ///< Its WebSocket agreed to compression.

  /// None of the texts has a line feed.
  Origin(Negotiation agreed, ::notify::signalr::Transport over, const std::string& address,
         const std::string& user_agent, const std::string& correlation_id)
      : negotiation(std::move(agreed)),
        transport(over),
        texts_(address + '\n' + user_agent + '\n' + correlation_id) {}
  std::string_view address() const { return Text(0); }
  std::string_view user_agent() const { return Text(1); }
  std::string_view correlation_id() const { return Text(2); }

 private:
  std::string_view Text(int index) const;

  std::string texts_;  // In one piece, since they are seldom asked for.
};

/// The transport's name in metrics and lists: `websockets`, `serversentevents`, `longpolling`.
std::string_view MetricName(::notify::signalr::Transport transport);

/// One hub connection, whatever carries it: handshake, calls in their order, events, pings, the
/// end. It outlives a WebSocket that is lost where both sides agreed on that.
///
/// Lifetime: shared by its lane's table until it is over, and by its transports.
/// Threads:  its lane's.
class HubConnection final : public Ticking,
                            public hub::Subscriber,
                            public std::enable_shared_from_this<HubConnection> {
 public:
  /// `services` and `lane` outlive it. `place` is what it takes of its tenant's number.
  HubConnection(Services& services, Lane& lane, Principal principal, TenantHandle tenant,
                Origin origin, Place place);
  ~HubConnection() override;

  // For its transports.
  Outbox& outbox() { return box_; }
  /// The first transport, or the next one: Settled() first.
  void Attach(std::shared_ptr<Transport> transport);
  const std::shared_ptr<Transport>& transport() const { return transport_; }
  /// Takes the transport away for the next one to come, and waits until nothing of what the former
  /// one brought is being handled.
  async::Task<void> Settled();
  /// A transport is over. `meant`: its peer ended it on purpose. A transport that was replaced says
  /// so in vain.
  void Detached(const Transport& transport, bool meant);
  /// Bytes of the hub protocol, cut anywhere; Process() handles them.
  void Take(std::string_view bytes);
  /// Whether there is something to handle.
  bool HasInput() const { return wake_; }
  std::size_t input_bytes() const { return input_.size(); }
  /// Handles what was taken, message by message. One at a time; who comes while it runs may go.
  async::Task<void> Process();
  /// Events are worth reading again.
  void RoomAgain();
  /// The socket takes nothing, and is closed for it.
  void TellStuck();
  /// The same user came with another credential: its end counts.
  void Renew(const Principal& principal);
  /// Whether another WebSocket may replace this one.
  bool stateful() const { return buffer_ != nullptr && !closing_; }
  /// Ends without a word.
  void Cut();
  /// Something is to be looked at with the next tick.
  void LookSoon() { TickFrom(Clock::TimePoint::min()); }

  // hub::Subscriber
  bool HasRoom() const override;
  void Deliver(const hub::Message& event) override;
  bool Offer(const hub::Message& message) override;
  void Skip(std::string_view subscription, const Gap& gap) override;
  void Unsubscribed(const hub::EndedSubscription& ended) override;
  void Flush() override { Write(); }
  std::uint64_t Given() const override;
  std::uint64_t Arrived() const override;
  void Close(const hub::Farewell& farewell) override;
  hub::SubscriberFacts Facts() const override;
  async::Task<Result<std::string>> Ask(std::string method, std::vector<std::string> arguments,
                                       Clock::Duration limit) override;

  void Tick(Clock::TimePoint now) override;

  // For methods and parts.
  Services& services() { return services_; }
  Lane& lane() { return lane_; }
  const Principal& principal() const { return principal_; }
  pipeline::Caller caller() const { return {principal_, tenant_, {}}; }
  const TenantHandle& tenant() const { return tenant_; }
  const Origin& origin() const { return origin_; }
  const hub::ClientPtr& client() const { return client_; }
  hub::HubShard& shard() { return services_.hub.shard(lane_.index); }
  Invocations& invocations() { return invocations_; }
  bool closing() const { return closing_; }
  /// Queues one hub message.
  void Queue(const ::notify::signalr::HubMessage& message);
  /// What is queued leaves.
  void Write() {
    if (transport_) transport_->Write();
  }
  /// Counts an event that was handed to the queue.
  void CountEvent() { events_out_.Add(); }
  /// Counts a call of a method, or of `unknown`: `done`, `failed`, `refused` or `limited`.
  void CountInvocation(std::string_view method, std::string_view result);
  /// Records what the client did, as it is told in `entry`; who and where is added.
  void Audit(AuditEntry entry);
  /// Records a refusal (contract 5), or several equal ones.
  void AuditRefusal(std::string action, std::string target, const Error& error,
                    std::int64_t times = 1);

 private:
  async::Task<bool> Handshake(std::string_view& input);
  async::Task<bool> Welcome();
  /// Welcome for a client that says nothing.
  static async::Task<void> Greet(std::shared_ptr<HubConnection> self);
  async::Task<void> Handle(const ::notify::signalr::HubMessage& message);
  /// Whether the message is to be handled: it is no repetition.
  bool Admit(const ::notify::signalr::HubMessage& message);
  void QueueEncoded(hub::EncodedPtr bytes, bool counts);
  void QueueCall(std::string_view method, std::string_view argument);
  void RefuseHandshake(std::string_view error);
  /// Nothing is handled or queued any more.
  void EndWith(bool failed);
  void OverSoon();
  static async::Task<void> Finish(std::shared_ptr<HubConnection> self);
  void TickOpen(Clock::TimePoint now);
  /// When there is something to look at again.
  Clock::TimePoint NextLook(Clock::TimePoint now) const;
  bool pings() const;

  Services& services_;
  Lane& lane_;
  Principal principal_;
  const TenantHandle tenant_;
  const Origin origin_;
  Place place_;
  const telemetry::Counter events_out_;
  const telemetry::Counter messages_in_;
  const telemetry::Counter messages_out_;
  telemetry::GaugeShare open_;

  Outbox box_;
  const Dialect* dialect_ = nullptr;  // Once the handshake is done.
  const ::notify::signalr::HubProtocol* reading_ = nullptr;
  std::string input_;  // Hub bytes that are not handled yet. No memory while idle.
  // Shared with its own task.
  std::shared_ptr<Transport> transport_;
  std::unique_ptr<MessageBuffer> buffer_;
  hub::ClientPtr client_;
  Invocations invocations_;

  bool greet_ = false;    // Who is silent is welcomed all the same.
  bool wake_ = false;     // What was taken may be a whole message.
  bool pinged_ = false;   // The client pings, so its silence means something.
  bool busy_ = false;     // One of its messages is being handled.
  bool closing_ = false;  // Nothing is queued or handled any more.
  bool over_ = false;
  async::Signal idle_;  // Not busy any more.
  const Clock::TimePoint begun_;
  // To a second, by the ticker: no clock is read for a message.
  Clock::TimePoint last_in_;   // Not before the last that came,
  Clock::TimePoint last_out_;  // and not after the last that left.
  Clock::TimePoint since_;     // Of the transport's loss, or of its Sequence being awaited.
};

}  // namespace notify::agent::ingress::signalr
