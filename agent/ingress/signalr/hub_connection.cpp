#include "agent/ingress/signalr/hub_connection.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "agent/auth/roles.hpp"
#include "agent/ingress/signalr/event_part.hpp"
#include "agent/ingress/signalr/hub_error.hpp"
#include "agent/ingress/signalr/methods.hpp"
#include "agent/ingress/signalr/wire.hpp"
#include "common/model/gap.hpp"
#include "common/signalr/handshake.hpp"

namespace notify::agent::ingress::signalr {
namespace {

namespace wire = ::notify::signalr;

/// Ticks come once a second: a ping that waited for the next one would be late.
constexpr auto kTick = std::chrono::seconds(1);

}  // namespace

HubConnection::HubConnection(Services& services, pipeline::Caller caller, TenantHandle tenant,
                             Origin origin, async::Stream& stream, async::IoThread& io)
    : LiveStream(stream, io, {services.sizes.queue_bytes, services.times.send_timeout}),
      services_(services),
      caller_(std::move(caller)),
      tenant_(std::move(tenant)),
      origin_(std::move(origin)),
      box_(outbox()),
      events_out_(services.metrics.events_out.For(tenant_.id(), "websockets")),
      messages_in_(services.metrics.hub_messages.For(tenant_.id(), "in")),
      messages_out_(services.metrics.hub_messages.For(tenant_.id(), "out")),
      reader_(services.reader),
      begun_(io.timers().clock().Now()),
      last_in_(begun_),
      last_out_(begun_) {}

HubConnection::~HubConnection() = default;

async::Task<void> HubConnection::Run(std::string early, std::span<char> buffer) {
  const telemetry::GaugeShare open(services_.metrics.connections.For(tenant_.id(), "websockets"),
                                   1);
  if (!early.empty()) {
    Take(std::span(early));
    co_await Process();
  }
  while (!ended_) {
    auto got = stream_.TryRead(buffer);
    if (!got || (*got && **got == 0)) break;
    if (!*got) {
      co_await stream_.Readable();
      continue;
    }
    Take(buffer.first(**got));
    co_await Process();
    Send();
    // Who does not read its answers is not read either.
    while (!box_.HasRoom() && !stream_.closed() && !ended_) {
      co_await io_.timers().Sleep(std::chrono::milliseconds(20));
    }
  }
  Send();
  for (auto& [id, part] : std::exchange(streams_, {})) part->Leave();
  if (client_) shard().Leave(client_);
  co_await Finish();
  services_.metrics.bytes_out.For(tenant_.id()).Add(bytes_out());
}

void HubConnection::Take(std::span<char> bytes) {
  last_in_ = io_.timers().clock().Now();
  for (websocket::Event event = reader_.Next(bytes); event.kind != websocket::EventKind::kNone;
       event = reader_.Next(bytes)) {
    switch (event.kind) {
      case websocket::EventKind::kText:
      case websocket::EventKind::kBinary:
        input_.append(event.payload);
        break;
      case websocket::EventKind::kPing:
        box_.Add(RawFrame(websocket::Opcode::kPong, event.payload));
        break;
      case websocket::EventKind::kClose:
        QueueClose(event.code == websocket::CloseCode::kNoStatus ? websocket::CloseCode::kNormal
                                                                 : event.code);
        ended_ = true;
        break;
      case websocket::EventKind::kFailed:
        QueueClose(event.code);
        ended_ = true;
        break;
      case websocket::EventKind::kPong:
      case websocket::EventKind::kNone:
        break;
    }
  }
}

async::Task<void> HubConnection::Process() {
  busy_ = true;
  std::string_view rest = input_;
  std::string values;
  if (!handshaken_ && !closing_ && !ended_ && !rest.empty()) handshaken_ = co_await Handshake(rest);
  while (handshaken_ && !closing_ && !ended_) {
    auto parsed = services_.json.Parse(rest, values);
    if (!parsed) {
      Close({"Connection closed with an error.", false});
      break;
    }
    if (std::holds_alternative<wire::NeedMore>(*parsed)) break;
    messages_in_.Add();
    if (const auto* message = std::get_if<wire::HubMessage>(&*parsed)) co_await Handle(*message);
  }
  input_.erase(0, input_.size() - rest.size());
  if (closing_ || input_.empty()) input_ = {};
  last_in_ = io_.timers().clock().Now();
  busy_ = false;
}

async::Task<bool> HubConnection::Handshake(std::string_view& input) {
  auto request = wire::ParseHandshakeRequest(input);
  if (!request) {
    RefuseHandshake("An unexpected error occurred during connection handshake.");
    co_return false;
  }
  if (!*request) co_return false;
  const wire::HandshakeRequest& wanted = **request;
  if (wanted.protocol != services_.json.Name()) {
    RefuseHandshake("The protocol '" + wanted.protocol + "' is not supported.");
    co_return false;
  }
  if (wanted.version < 1 || wanted.version > services_.json.MaxVersion()) {
    RefuseHandshake("The server does not support version " + std::to_string(wanted.version) +
                    " of the '" + wanted.protocol + "' protocol.");
    co_return false;
  }
  std::string answer;
  wire::AppendHandshakeResponse(answer);
  box_.Add(RawFrame(websocket::Opcode::kText, answer));
  co_return co_await Welcome();
}

async::Task<bool> HubConnection::Welcome() {
  hub::ClientInfo info;
  info.connection_id = origin_.connection_id;
  info.actor = caller_.principal.actor();
  info.sight = hub::Sight::Of(caller_.principal.roles(), caller_.principal.user());
  auto client = co_await shard().Enter(tenant_, std::move(info), *this);
  if (!client) {
    Close({"The agent cannot serve this tenant now.", true});
    co_return false;
  }
  client_ = std::move(*client);
  // In the same turn as Enter returned: no event can come before it.
  Queue(EncodeCall("connected", ConnectedJson(*this)));
  co_return true;
}

async::Task<void> HubConnection::Handle(const wire::HubMessage& message) {
  if (const auto* call = std::get_if<wire::Invocation>(&message)) {
    co_await HandleCall(*call);
  } else if (const auto* stream = std::get_if<wire::StreamInvocation>(&message)) {
    co_await HandleStream(*stream);
  } else if (const auto* cancel = std::get_if<wire::CancelInvocation>(&message)) {
    EndStream(cancel->invocation_id, std::nullopt);
  } else if (std::holds_alternative<wire::Ping>(message)) {
    pinged_ = true;
  } else if (std::holds_alternative<wire::Close>(message)) {
    QueueClose(websocket::CloseCode::kNormal);
  }
  // Uploads, client results and stateful reconnect are not offered: their messages mean nothing.
}

async::Task<void> HubConnection::HandleCall(const wire::Invocation& call) {
  const std::string invocation = call.invocation_id.value_or("");
  if (streams_.contains(invocation)) {
    Close({"Invocation ID '" + invocation + "' is already in use.", false});
    co_return;
  }
  wire::Completion completion{invocation, std::nullopt, std::nullopt};
  const Method* method = FindMethod(call.target);
  std::string result;
  if (method == nullptr) {
    completion.error =
        IsStreamMethod(call.target) ? NeedsStreamText(call.target) : UnknownText(call.target);
  } else if (call.arguments.size() != method->arity || !call.stream_ids.empty()) {
    completion.error = ArityText(call.target);
  } else {
    auto answered = co_await Call(*this, *method, call.arguments);
    if (!answered) {
      completion.error = FailedText(call.target, answered.error());
    } else if (!answered->empty()) {
      result = std::move(*answered);
      completion.result = result;
    }
  }
  if (call.invocation_id && !closing_) Queue(EncodeFrame(completion));
}

async::Task<void> HubConnection::HandleStream(const wire::StreamInvocation& call) {
  const std::string& invocation = call.invocation_id;
  if (streams_.contains(invocation)) {
    Close({"Invocation ID '" + invocation + "' is already in use.", false});
    co_return;
  }
  wire::Completion completion{invocation, std::nullopt, std::nullopt};
  if (!IsStreamMethod(call.target)) {
    completion.error =
        FindMethod(call.target) == nullptr ? UnknownText(call.target) : NoStreamText(call.target);
  } else if (call.arguments.size() != 1 || !call.stream_ids.empty()) {
    completion.error = ArityText(call.target);
  } else {
    auto part = std::make_shared<EventPart>(*this, invocation);
    streams_.emplace(invocation, part);
    if (auto begun = co_await part->Begin(call.arguments.front()); !begun) {
      EndStream(invocation, FailedText(call.target, begun.error()));
    }
    co_return;
  }
  if (!closing_) Queue(EncodeFrame(completion));
}

void HubConnection::EndStream(const std::string& invocation, std::optional<std::string> error) {
  const auto found = streams_.find(invocation);
  if (found == streams_.end()) return;
  found->second->Leave();
  streams_.erase(found);
  wire::Completion completion{invocation, std::nullopt, std::move(error)};
  if (!closing_) Queue(EncodeFrame(completion));
  Send();
}

void HubConnection::Deliver(const hub::Message& event) {
  box_.Add(event.As(hub::Wire::kJsonHub, EncodeInvocation));
  last_out_ = io_.timers().clock().Now();
  messages_out_.Add();
  events_out_.Add();
}

bool HubConnection::Offer(const hub::Message& message) {
  if (closing_ || finished()) return false;
  if (!box_.AddDroppable(message.As(hub::Wire::kJsonHub, EncodeInvocation))) return false;
  last_out_ = io_.timers().clock().Now();
  messages_out_.Add();
  return true;
}

void HubConnection::Skip(const std::string& subscription, const Gap& gap) {
  // Subscription ids are of base64url characters.
  Queue(
      EncodeCall("gap", R"({"subscription":")" + subscription + R"(",)" + GapJson(gap).substr(1)));
}

void HubConnection::Unsubscribed(const hub::EndedSubscription& ended) {
  const bool taken_over = ended.reason == hub::EndedSubscription::Reason::kTakenOver;
  // Ids are of base64url characters, names of letters, digits, dots, hyphens and underscores.
  Queue(EncodeCall("unsubscribed", R"({"subscription":")" + ended.id + R"(","name":")" +
                                       ended.name + R"(","reason":")" +
                                       (taken_over ? "taken_over" : "removed") + R"("})"));
}

void HubConnection::Close(const hub::Farewell& farewell) {
  if (closing_ || finished()) return;
  Queue(EncodeFrame(wire::Close{farewell.error, farewell.allow_reconnect}));
  QueueClose(farewell.error ? websocket::CloseCode::kInternalError : websocket::CloseCode::kNormal);
  Send();
}

void HubConnection::QueueClose(websocket::CloseCode code) {
  if (std::exchange(closing_, true)) return;
  closing_since_ = io_.timers().clock().Now();
  box_.Add(RawFrame(websocket::Opcode::kClose, websocket::ClosePayload(code)));
}

void HubConnection::RefuseHandshake(std::string_view error) {
  std::string answer;
  wire::AppendHandshakeResponse(answer, error);
  box_.Add(RawFrame(websocket::Opcode::kText, answer));
  QueueClose(websocket::CloseCode::kNormal);
  Send();
}

void HubConnection::Queue(std::string frame) {
  box_.Add(std::move(frame));
  last_out_ = io_.timers().clock().Now();
  messages_out_.Add();
}

void HubConnection::OnRoom() {
  if (client_) shard().RoomAgain(client_);
  for (auto& [id, part] : streams_) part->RoomAgain();
}

void HubConnection::Tick(Clock::TimePoint now) {
  LiveStream::Tick(now);
  const HubTimes& times = services_.times;
  const auto& expires = caller_.principal.expires_at();
  if (closing_) {
    if (now - closing_since_ >= times.close_timeout) CloseSoon();
  } else if (!handshaken_) {
    // Welcome may be waiting for the log; then the handshake itself was in time.
    if (!busy_ && now - begun_ >= times.handshake_timeout)
      RefuseHandshake("Handshake was canceled.");
  } else if (expires && io_.timers().clock().WallNow() >= *expires) {
    Close({std::nullopt, true});
  } else if (pinged_ && !busy_ && now - last_in_ >= times.client_timeout) {
    Close({std::nullopt, true});
  } else if (now - last_out_ >= times.keep_alive - kTick) {
    Queue(EncodeFrame(wire::Ping{}));
    Send();
  }
}

void HubConnection::AuditRefusal(std::string action, std::string target, const Error& error) {
  services_.metrics.refusals.For(error.code, tenant_.id()).Add();
  AuditEntry entry;
  entry.actor = caller_.principal.actor();
  entry.role = auth::ToString(caller_.principal.roles());
  entry.tenant = tenant_.id().text();
  entry.action = std::move(action);
  entry.target = std::move(target);
  entry.result = "refused";
  entry.code = Describe(error.code).name;
  entry.address = origin_.address;
  entry.correlation_id = origin_.correlation_id;
  services_.audit.Record(tenant_, std::move(entry));
}

}  // namespace notify::agent::ingress::signalr
