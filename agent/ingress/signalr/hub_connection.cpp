#include "agent/ingress/signalr/hub_connection.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "agent/auth/roles.hpp"
#include "agent/ingress/signalr/methods.hpp"
#include "common/model/gap.hpp"
#include "common/signalr/handshake.hpp"

namespace notify::agent::ingress::signalr {
namespace {

namespace wire = ::notify::signalr;

/// Ticks come once a second: a ping that waited for the next one would be late.
constexpr auto kTick = std::chrono::seconds(1);
/// A client that attaches a new WebSocket tells at once where it sends on from.
constexpr auto kSequenceTimeout = std::chrono::seconds(5);
constexpr int kStatefulVersion = 2;
constexpr std::string_view kCanceled = "Handshake was canceled.";
constexpr std::string_view kBroken = "Connection closed with an error.";

Framing FramingOf(const Origin& origin) {
  switch (origin.transport) {
    case wire::Transport::kWebSockets:
      return origin.deflate ? Framing::kDeflated : Framing::kWebSocket;
    case wire::Transport::kServerSentEvents:
      return Framing::kEventStream;
    case wire::Transport::kLongPolling:
      break;
  }
  return Framing::kBare;
}

}  // namespace

std::string_view Origin::Text(int index) const {
  std::string_view rest = texts_;
  for (; index > 0; --index) rest.remove_prefix(rest.find('\n') + 1);
  return rest.substr(0, rest.find('\n'));
}

std::string_view MetricName(wire::Transport transport) {
  switch (transport) {
    case wire::Transport::kWebSockets:
      return "websockets";
    case wire::Transport::kServerSentEvents:
      return "serversentevents";
    case wire::Transport::kLongPolling:
      return "longpolling";
  }
  return "";
}

HubConnection::HubConnection(Services& services, Lane& lane, Principal principal,
                             TenantHandle tenant, Origin origin, Place place)
    : services_(services),
      lane_(lane),
      principal_(std::move(principal)),
      tenant_(std::move(tenant)),
      origin_(std::move(origin)),
      place_(std::move(place)),
      events_out_(services.metrics.events_out.For(tenant_.id(), MetricName(origin_.transport))),
      messages_in_(services.metrics.hub_messages.For(tenant_.id(), "in")),
      messages_out_(services.metrics.hub_messages.For(tenant_.id(), "out")),
      open_(services.metrics.connections.For(tenant_.id(), MetricName(origin_.transport)), 1),
      box_(services.sizes.queue_bytes),
      invocations_(*this),
      begun_(lane.io.timers().clock().Now()),
      last_in_(begun_),
      last_out_(begun_),
      since_(begun_) {}

HubConnection::~HubConnection() = default;

bool HubConnection::pings() const { return origin_.transport != wire::Transport::kLongPolling; }

// Its transports.

void HubConnection::Attach(std::shared_ptr<Transport> transport) {
  LookSoon();
  transport_ = std::move(transport);
  if (buffer_) {
    // The former WebSocket's leftovers: ours are kept, the client sends its own again.
    std::string().swap(input_);
    wake_ = false;
    box_.Reset();
    buffer_->AwaitSequence();
    since_ = last_in_ = last_out_ = lane_.io.timers().clock().Now();
    box_.Add(Encode(*dialect_, wire::Sequence{buffer_->first()}));
    for (const hub::EncodedPtr& kept : buffer_->kept()) box_.Add(kept);
  }
  Write();
}

async::Task<void> HubConnection::Settled() {
  while (transport_ || busy_) {
    if (transport_) std::exchange(transport_, nullptr)->Abort();
    since_ = lane_.io.timers().clock().Now();
    if (busy_) co_await idle_.Wait();
  }
}

void HubConnection::Detached(const Transport& transport, bool meant) {
  if (transport_.get() != &transport) return;
  LookSoon();
  transport_ = nullptr;
  since_ = lane_.io.timers().clock().Now();
  if (stateful() && !meant) return;
  closing_ = true;
  OverSoon();
}

void HubConnection::Take(std::string_view bytes) {
  if (closing_) return;
  last_in_ = lane_.ticker.lately() + kTick;
  input_ += bytes;
  const bool text = reading_ == nullptr || reading_->Format() == wire::TransferFormat::kText;
  // Part of a text message is not worth a look: it may come a byte at a time.
  const std::size_t most =
      reading_ == nullptr ? wire::kMaxHandshakeBytes : services_.sizes.max_message_bytes;
  wake_ = wake_ || !text || input_.size() > most ||
          bytes.find(wire::kRecordSeparator) != std::string_view::npos;
}

void HubConnection::RoomAgain() {
  if (client_) shard().RoomAgain(client_);
  invocations_.RoomAgain();
}

void HubConnection::TellStuck() {
  if (client_) shard().TellSlow(*client_, "closed");
}

void HubConnection::Renew(const Principal& principal) {
  if (principal.roles() != principal_.roles()) return;
  principal_ = principal;
  LookSoon();
}

// What the client sends.

async::Task<void> HubConnection::Process() {
  if (busy_) co_return;
  busy_ = true;
  std::string values;
  while (wake_ && !closing_) {
    wake_ = false;
    // What comes meanwhile must not move what is being handled.
    std::string bytes = std::exchange(input_, {});
    std::string_view rest = bytes;
    if (dialect_ == nullptr && !co_await Handshake(rest)) break;
    if (std::exchange(greet_, false) && !client_ && !co_await Welcome()) break;
    while (dialect_ != nullptr && !closing_) {
      auto parsed = reading_->Parse(rest, values);
      if (!parsed) {
        Close({std::string(kBroken), false});
        break;
      }
      if (std::holds_alternative<wire::NeedMore>(*parsed)) break;
      messages_in_.Add();
      if (!client_ && !co_await Welcome()) break;
      const auto* message = std::get_if<wire::HubMessage>(&*parsed);
      if (message != nullptr && Admit(*message)) co_await Handle(*message);
    }
    bytes.erase(0, bytes.size() - rest.size());
    if (!bytes.empty() && !closing_) {
      bytes += input_;
      input_ = std::move(bytes);
    }
  }
  if (closing_) std::string().swap(input_);
  last_in_ = lane_.ticker.lately() + kTick;
  busy_ = false;
  idle_.Notify();
  Write();
}

async::Task<bool> HubConnection::Handshake(std::string_view& input) {
  auto request = wire::ParseHandshakeRequest(input);
  if (!request) {
    const bool too_long = request.error().code == Errc::kBodyTooLarge;
    RefuseHandshake(too_long ? kCanceled
                             : "An unexpected error occurred during connection handshake.");
    co_return false;
  }
  if (!*request) {
    input_.insert(0, input);
    co_return false;
  }
  const wire::HandshakeRequest& wanted = **request;
  const Framing framing = FramingOf(origin_);
  const wire::HubProtocol* reading = services_.protocols.Find(wanted.protocol);
  if (reading == nullptr) {
    RefuseHandshake("The protocol '" + wanted.protocol + "' is not supported.");
    co_return false;
  }
  const Dialect* dialect = FindDialect(wanted.protocol, framing);
  if (dialect == nullptr) {
    RefuseHandshake("Cannot use the '" + wanted.protocol +
                    "' protocol on the current transport. The transport does not support 'Binary' "
                    "transfer format.");
    co_return false;
  }
  if (wanted.version < 1 || wanted.version > reading->MaxVersion()) {
    RefuseHandshake("The server does not support version " + std::to_string(wanted.version) +
                    " of the '" + wanted.protocol + "' protocol.");
    co_return false;
  }
  box_.Add(EncodeHandshake(framing, OpcodeOf(dialect->protocol), {}));
  dialect_ = dialect;
  reading_ = reading;
  if (origin_.negotiation.stateful && origin_.transport == wire::Transport::kWebSockets &&
      wanted.version >= kStatefulVersion) {
    buffer_ = std::make_unique<MessageBuffer>(services_.sizes.stateful_bytes);
    // The stock client numbers what it gets only some turns after this answer: what comes with it
    // it would not count. Its first message, a ping, says that it does.
    since_ = lane_.io.timers().clock().Now();
    co_return true;
  }
  co_return co_await Welcome();
}

async::Task<void> HubConnection::Greet(std::shared_ptr<HubConnection> self) {
  co_await self->Process();
}

async::Task<bool> HubConnection::Welcome() {
  hub::ClientInfo info;
  info.connection_id = origin_.negotiation.connection_id;
  info.actor = principal_.actor();
  info.scope = hub::Sight::Of(principal_.roles());
  auto client = co_await shard().Enter(tenant_, std::move(info), *this);
  if (!client) {
    Close({"The agent cannot serve this tenant now.", true});
    co_return false;
  }
  client_ = std::move(*client);
  // In the same turn as Enter returned: no event can come before it.
  QueueCall("connected", ConnectedJson(*this));
  co_return true;
}

bool HubConnection::Admit(const wire::HubMessage& message) {
  if (!buffer_) return true;
  if (MessageBuffer::Counts(message)) return buffer_->Receive();
  return !buffer_->awaiting() || std::holds_alternative<wire::Sequence>(message) ||
         std::holds_alternative<wire::Close>(message);
}

async::Task<void> HubConnection::Handle(const wire::HubMessage& message) {
  Status understood;
  if (const auto* call = std::get_if<wire::Invocation>(&message)) {
    co_await invocations_.Call(*call);
  } else if (const auto* stream = std::get_if<wire::StreamInvocation>(&message)) {
    co_await invocations_.Stream(*stream);
  } else if (const auto* item = std::get_if<wire::StreamItem>(&message)) {
    co_await invocations_.Item(*item);
  } else if (const auto* completion = std::get_if<wire::Completion>(&message)) {
    invocations_.Completed(*completion);
  } else if (const auto* cancel = std::get_if<wire::CancelInvocation>(&message)) {
    invocations_.EndStream(cancel->invocation_id, std::nullopt);
  } else if (std::holds_alternative<wire::Ping>(message)) {
    pinged_ = true;
  } else if (std::holds_alternative<wire::Close>(message)) {
    EndWith(false);
  } else if (const auto* ack = std::get_if<wire::Ack>(&message); ack != nullptr && buffer_) {
    const bool had_room = buffer_->HasRoom();
    understood = buffer_->Acknowledged(ack->sequence_id);
    if (!had_room && HasRoom()) RoomAgain();
  } else if (const auto* from = std::get_if<wire::Sequence>(&message); from != nullptr && buffer_) {
    understood = buffer_->SendsFrom(from->sequence_id);
  }
  if (!understood) Close({std::string(kBroken), false});
  // Events wait for an Ack; answers do not, and some clients never send one.
  const std::size_t most = services_.sizes.stateful_bytes + services_.sizes.queue_bytes;
  if (buffer_ && buffer_->bytes() > most) Close({std::nullopt, true});
}

// What the client is sent.

bool HubConnection::HasRoom() const {
  return !closing_ && box_.HasRoom() && (!buffer_ || buffer_->HasRoom());
}

void HubConnection::QueueEncoded(hub::EncodedPtr bytes, bool counts) {
  if (closing_ || dialect_ == nullptr) return;
  if (buffer_ && counts) buffer_->Keep(bytes);
  box_.Add(std::move(bytes));
  last_out_ = lane_.ticker.lately();
  messages_out_.Add();
}

void HubConnection::Queue(const wire::HubMessage& message) {
  if (dialect_ != nullptr) QueueEncoded(Encode(*dialect_, message), MessageBuffer::Counts(message));
}

void HubConnection::QueueCall(std::string_view method, std::string_view argument) {
  QueueEncoded(EncodeCall(*dialect_, method, argument), true);
}

void HubConnection::Deliver(const hub::Message& event) {
  QueueEncoded(event.As(dialect_->wire, dialect_->invocation), true);
  events_out_.Add();
}

bool HubConnection::Offer(const hub::Message& message) {
  if (closing_) return false;
  hub::EncodedPtr bytes = message.As(dialect_->wire, dialect_->invocation);
  if (buffer_) {
    // What was numbered cannot be taken back.
    if (!HasRoom()) return false;
    QueueEncoded(std::move(bytes), true);
    return true;
  }
  if (!box_.AddDroppable(std::move(bytes), message.coalesce_key())) return false;
  last_out_ = lane_.ticker.lately();
  messages_out_.Add();
  return true;
}

void HubConnection::Skip(std::string_view subscription, const Gap& gap) {
  // Subscription ids are of base64url characters.
  QueueCall("gap",
            R"({"subscription":")" + std::string(subscription) + R"(",)" + GapJson(gap).substr(1));
}

void HubConnection::Unsubscribed(const hub::EndedSubscription& ended) {
  const bool taken_over = ended.reason == hub::EndedSubscription::Reason::kTakenOver;
  // Ids are of base64url characters, names of letters, digits, dots, hyphens and underscores.
  QueueCall("unsubscribed", R"({"subscription":")" + ended.id + R"(","name":")" + ended.name +
                                R"(","reason":")" + (taken_over ? "taken_over" : "removed") +
                                R"("})");
}

std::uint64_t HubConnection::Given() const { return buffer_ ? buffer_->sent() : box_.added(); }

std::uint64_t HubConnection::Arrived() const {
  if (buffer_) return buffer_->acknowledged();
  const std::uint64_t on_the_way = transport_ ? transport_->Unacknowledged() : 0;
  return box_.left() - std::min<std::uint64_t>(on_the_way, box_.left());
}

// Its end.

void HubConnection::Close(const hub::Farewell& farewell) {
  if (closing_) return;
  Queue(wire::Close{farewell.error, farewell.allow_reconnect});
  EndWith(farewell.error.has_value());
}

void HubConnection::Cut() {
  closing_ = true;
  if (transport_) std::exchange(transport_, nullptr)->Abort();
  OverSoon();
}

void HubConnection::RefuseHandshake(std::string_view error) {
  box_.Add(EncodeHandshake(FramingOf(origin_), websocket::Opcode::kText, error));
  EndWith(false);
}

void HubConnection::EndWith(bool failed) {
  if (std::exchange(closing_, true)) return;
  if (transport_) {
    transport_->End(failed);
  } else {
    OverSoon();
  }
}

void HubConnection::OverSoon() {
  if (!std::exchange(over_, true)) {
    lane_.tasks.Spawn(Finish(std::static_pointer_cast<HubConnection>(shared_from_this())));
  }
}

async::Task<void> HubConnection::Finish(std::shared_ptr<HubConnection> self) {
  // Uploads and streams end first: a call may wait for them.
  self->invocations_.EndAll();
  while (self->busy_) co_await self->idle_.Wait();
  co_await self->invocations_.Settled();
  self->invocations_.EndAll();
  if (self->client_) self->shard().Leave(self->client_);
  self->open_.Set(0);
  self->place_.reset();
  self->lane_.ticker.Remove(*self);
  const Negotiation& negotiation = self->origin_.negotiation;
  self->lane_.connections.Remove(negotiation.key, negotiation.expires,
                                 self->lane_.io.timers().clock().Now());
}

void HubConnection::Tick(Clock::TimePoint now) {
  // It ends in a later turn at the earliest, so it is not held.
  if (transport_) transport_->Look(now);
  if (over_ || closing_) return;
  if (transport_) {
    TickOpen(now);
  } else if (!busy_ && now - since_ >= services_.times.disconnect_timeout) {
    EndWith(false);
  }
  TickFrom(NextLook(now));
}

Clock::TimePoint HubConnection::NextLook(Clock::TimePoint now) const {
  const bool settled = transport_ && !transport_->watched() && dialect_ != nullptr && !buffer_ &&
                       !busy_ && !closing_;
  if (!settled) return now;
  const HubTimes& times = services_.times;
  Clock::TimePoint next = last_out_ + times.keep_alive - kTick;
  if (pinged_) next = std::min(next, last_in_ + times.client_timeout);
  if (const auto& expires = principal_.expires_at()) {
    const auto left = *expires - lane_.io.timers().clock().WallNow();
    next = std::min(next, now + std::chrono::duration_cast<Clock::Duration>(left));
  }
  return next;
}

void HubConnection::TickOpen(Clock::TimePoint now) {
  const HubTimes& times = services_.times;
  const auto& expires = principal_.expires_at();
  if (dialect_ == nullptr) {
    // Welcome may be waiting for the log; then the handshake itself was in time.
    if (!busy_ && now - begun_ >= times.handshake_timeout) {
      RefuseHandshake(kCanceled);
    }
  } else if (expires && lane_.io.timers().clock().WallNow() >= *expires) {
    Close({std::nullopt, true});
  } else if (pings() && pinged_ && !busy_ && now - last_in_ >= times.client_timeout) {
    Close({std::nullopt, true});
  } else if (buffer_ && !client_ && !busy_ && now - since_ >= kTick) {
    // Another client, which is silent until it has something to say.
    greet_ = wake_ = true;
    lane_.tasks.Spawn(Greet(std::static_pointer_cast<HubConnection>(shared_from_this())));
  } else if (buffer_ && buffer_->awaiting() && now - since_ >= kSequenceTimeout) {
    // The stock client leaves such sockets behind when it has given the connection up.
    transport_->Abort();
  } else if (pings() && now - last_out_ >= times.keep_alive - kTick) {
    Queue(wire::Ping{});
    Write();
  }
  if (buffer_ && !closing_) {
    if (const auto ack = buffer_->TakeAck()) {
      Queue(wire::Ack{*ack});
      Write();
    }
  }
}

}  // namespace notify::agent::ingress::signalr
