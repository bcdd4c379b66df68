#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "agent/ingress/live/live_stream.hpp"
#include "agent/ingress/signalr/services.hpp"
#include "common/websocket/message_reader.hpp"

namespace notify::agent::ingress::signalr {

class EventPart;

/// Where a hub connection comes from.
struct Origin {
  std::size_t io = 0;  ///< Its I/O thread.
  std::string connection_id;
  std::string address;
  std::string correlation_id;
};

/// One hub connection over a WebSocket with the JSON protocol: handshake, calls in their order,
/// pings, the end. Another protocol or transport stands beside `wire.hpp` and Run().
///
/// Lifetime: from the upgrade to the end of Run().
/// Threads:  its I/O thread.
class HubConnection final : public LiveStream, public hub::Subscriber {
 public:
  /// All outlive Run(). `tenant` is the caller's.
  HubConnection(Services& services, pipeline::Caller caller, TenantHandle tenant, Origin origin,
                async::Stream& stream, async::IoThread& io);
  ~HubConnection() override;

  /// Serves the connection to its end. `early` are bytes that came with the upgrade; `buffer` is
  /// the thread's, used between two waits only.
  async::Task<void> Run(std::string early, std::span<char> buffer);

  // hub::Subscriber
  bool HasRoom() const override { return !closing_ && !finished() && box_.HasRoom(); }
  void Deliver(const hub::Message& event) override;
  bool Offer(const hub::Message& message) override;
  void Skip(const std::string& subscription, const Gap& gap) override;
  void Unsubscribed(const hub::EndedSubscription& ended) override;
  void Flush() override { Send(); }
  void Close(const hub::Farewell& farewell) override;

  void Tick(Clock::TimePoint now) override;

  // For methods and parts.
  Services& services() { return services_; }
  const pipeline::Caller& caller() const { return caller_; }
  const TenantHandle& tenant() const { return tenant_; }
  const Origin& origin() const { return origin_; }
  const hub::ClientPtr& client() const { return client_; }
  hub::HubShard& shard() { return services_.hub.shard(origin_.io); }
  async::Executor& executor() { return io_.executor(); }
  /// Queues one frame that carries one hub message.
  void Queue(std::string frame);
  /// Counts an event that was handed to the socket's queue.
  void CountEvent() { events_out_.Add(); }
  /// Records a refusal (contract 5).
  void AuditRefusal(std::string action, std::string target, const Error& error);
  /// Ends a stream with its Completion; does nothing where it has ended.
  void EndStream(const std::string& invocation, std::optional<std::string> error);

 protected:
  void OnRoom() override;

 private:
  void Take(std::span<char> bytes);
  async::Task<void> Process();
  async::Task<bool> Handshake(std::string_view& input);
  async::Task<bool> Welcome();
  async::Task<void> Handle(const ::notify::signalr::HubMessage& message);
  async::Task<void> HandleCall(const ::notify::signalr::Invocation& call);
  async::Task<void> HandleStream(const ::notify::signalr::StreamInvocation& call);
  void RefuseHandshake(std::string_view error);
  void QueueClose(websocket::CloseCode code);

  Services& services_;
  const pipeline::Caller caller_;
  const TenantHandle tenant_;
  const Origin origin_;
  Outbox& box_;
  const telemetry::Counter events_out_;
  const telemetry::Counter messages_in_;
  const telemetry::Counter messages_out_;

  websocket::MessageReader reader_;
  std::string input_;  // Hub bytes that are not handled yet. No memory while idle.
  hub::ClientPtr client_;
  // By invocation id. Shared with what is posted for them.
  std::map<std::string, std::shared_ptr<EventPart>> streams_;

  bool handshaken_ = false;
  bool pinged_ = false;   // The client pings, so its silence means something.
  bool busy_ = false;     // One of its messages is being handled.
  bool closing_ = false;  // Our close frame is queued.
  bool ended_ = false;    // The peer's close came, or it broke the protocol.
  Clock::TimePoint begun_;
  Clock::TimePoint last_in_;
  Clock::TimePoint last_out_;
  Clock::TimePoint closing_since_;
};

}  // namespace notify::agent::ingress::signalr
