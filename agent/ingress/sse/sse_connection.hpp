#pragma once

#include <optional>
#include <string>

#include "agent/hub/hub_shard.hpp"
#include "agent/ingress/live/live_stream.hpp"
#include "agent/ingress/sse/event_stream.hpp"

namespace notify::agent::ingress::sse {

/// One stream: a client of the hub with one subscription.
///
/// Lifetime: from the answer's head to the end of Run().
/// Threads:  its I/O thread.
class SseConnection final : public LiveStream, public hub::Subscriber {
 public:
  /// Who asked for a stream, and from where.
  struct Origin {
    Principal principal;
    std::string address;
    std::string user_agent;
  };

  /// All but the origin outlive Run().
  SseConnection(hub::HubShard& shard, telemetry::Metrics& metrics, TenantHandle tenant,
                Origin origin, const EventStream::Options& options, async::Stream& stream,
                async::IoThread& io);

  /// Streams until the client goes.
  async::Task<void> Run(hub::Filter filter, std::optional<Position> after);

  Outbox& outbox() { return box_; }

  // hub::Subscriber
  bool HasRoom() const override { return !closing_ && !finished() && box_.HasRoom(); }
  void Deliver(const hub::Message& event) override;
  bool Offer(const hub::Message&) override { return false; }
  void Skip(std::string_view subscription, const Gap& gap) override;
  void Unsubscribed(const hub::EndedSubscription&) override {}
  void Flush() override { Send(); }
  void Close(const hub::Farewell& farewell) override;
  hub::SubscriberFacts Facts() const override;

  void Tick(Clock::TimePoint now) override;

 protected:
  void OnRoom() override;

 private:
  async::Task<bool> Begin(hub::Filter filter, std::optional<Position> after);

  hub::HubShard& shard_;
  telemetry::Metrics& metrics_;
  const TenantHandle tenant_;
  const Origin origin_;
  const Clock::Duration keep_alive_;
  Outbox box_;
  const telemetry::Counter events_out_;
  hub::ClientPtr client_;
  bool closing_ = false;
  const Clock::WallTime since_;
  Clock::TimePoint last_mark_;
};

}  // namespace notify::agent::ingress::sse
