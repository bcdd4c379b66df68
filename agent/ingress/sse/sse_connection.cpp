#include "agent/ingress/sse/sse_connection.hpp"

#include <array>
#include <utility>

#include "common/model/gap.hpp"

namespace notify::agent::ingress::sse {
namespace {

hub::Encoded EncodeBlock(const hub::Message& event) {
  hub::Encoded encoded;
  const std::string& envelope = event.envelope();
  encoded.buffer.reserve(envelope.size() + 48);
  encoded.buffer.append("id: ").append(event.position().ToString());
  encoded.buffer.append("\ndata: ").append(envelope).append("\n\n");
  return encoded;
}

/// Ticks come once a second: a mark that waited for the next one would be late.
constexpr auto kTick = std::chrono::seconds(1);

}  // namespace

SseConnection::SseConnection(hub::HubShard& shard, telemetry::Metrics& metrics, TenantHandle tenant,
                             Origin origin, const EventStream::Options& options,
                             async::Stream& stream, async::IoThread& io)
    : LiveStream(stream, io, box_, options.send_timeout),
      shard_(shard),
      metrics_(metrics),
      tenant_(std::move(tenant)),
      origin_(std::move(origin)),
      keep_alive_(options.keep_alive),
      box_(options.queue_bytes),
      events_out_(metrics.events_out.For(tenant_.id(), "sse")),
      since_(io.timers().clock().WallNow()),
      last_mark_(io.timers().clock().Now()) {}

async::Task<void> SseConnection::Run(hub::Filter filter, std::optional<Position> after) {
  const telemetry::GaugeShare open(metrics_.connections.For(tenant_.id(), "sse"), 1);
  if (co_await Begin(std::move(filter), after)) {
    Send();
    // Nothing is expected from the client but its end.
    std::array<char, 256> ignored{};
    while (true) {
      const auto got = co_await async::ReadSome(stream_, ignored);
      if (!got || *got == 0) break;
    }
  }
  Send();
  if (client_) shard_.Leave(client_);
  co_await Finish();
  metrics_.bytes_out.For(tenant_.id()).Add(bytes_out());
}

async::Task<bool> SseConnection::Begin(hub::Filter filter, std::optional<Position> after) {
  hub::ClientInfo info;
  info.actor = origin_.principal.actor();
  info.scope = hub::Sight::Of(origin_.principal.roles());
  info.kind = hub::ClientInfo::Kind::kEventStream;
  auto client = co_await shard_.Enter(tenant_, std::move(info), *this);
  // The head is out, so there is no status left: the client comes again after `retry`.
  if (!client) co_return false;
  client_ = std::move(*client);
  auto begun = co_await shard_.Subscribe(client_, std::move(filter), after);
  if (!begun) co_return false;
  if (begun->gap) Skip({}, *begun->gap);
  co_return true;
}

void SseConnection::Deliver(const hub::Message& event) {
  box_.Add(event.As(hub::Wire::kEnvelope, EncodeBlock));
  events_out_.Add();
}

void SseConnection::Skip(std::string_view, const Gap& gap) {
  box_.Add("event: gap\ndata: " + GapJson(gap) + "\n\n");
}

void SseConnection::Close(const hub::Farewell&) {
  if (std::exchange(closing_, true)) return;
  // An event stream has no word for the end: it ends, and the client comes again by itself.
  Send();
  CloseSoon();
}

hub::SubscriberFacts SseConnection::Facts() const {
  hub::SubscriberFacts facts;
  facts.transport = "sse";
  facts.roles = origin_.principal.roles();
  facts.since = since_;
  facts.address = origin_.address;
  facts.agent = origin_.user_agent;
  facts.queued_bytes = box_.bytes();
  return facts;
}

void SseConnection::OnRoom() {
  if (client_) shard_.RoomAgain(client_);
}

void SseConnection::Tick(Clock::TimePoint now) {
  LiveStream::Tick(now);
  const auto& expires = origin_.principal.expires_at();
  if (expires && io_.timers().clock().WallNow() >= *expires) {
    Close({});
  } else if (client_ && !client_->subscriptions.empty() && !closing_ &&
             now - last_mark_ >= keep_alive_ - kTick) {
    last_mark_ = now;
    box_.Add("id: " + hub::HubShard::Scanned(*client_).ToString() + "\n\n");
    Send();
  }
}

}  // namespace notify::agent::ingress::sse
