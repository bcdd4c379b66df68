#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/auth/roles.hpp"
#include "agent/hub/connections.hpp"
#include "agent/hub/presence.hpp"
#include "agent/ingress/http/http_server.hpp"
#include "agent/ingress/signalr/endpoint.hpp"
#include "agent/ingress/sse/event_stream.hpp"
#include "agent/pipeline/fanout.hpp"
#include "common/websocket/handshake.hpp"
#include "tests/support/fake_log.hpp"
#include "tests/support/memory_session_keeper.hpp"
#include "tests/support/no_durable_source.hpp"
#include "tests/support/recording_audit.hpp"
#include "tests/support/recording_hub_news.hpp"
#include "tests/support/sim/sim_runtime.hpp"
#include "tests/support/tenants.hpp"

namespace notify::agent::auth {

/// Stands in for the product's authentication in tests that do not ask it.
class Authenticator {
 public:
  static Principal Make(const std::string& user, RoleSet roles, const TenantId& tenant,
                        std::optional<Clock::WallTime> expires) {
    Principal principal;
    principal.actor_ = "user:" + user;
    principal.user_ = user;
    principal.roles_ = roles;
    principal.tenant_ = tenant;
    principal.expires_at_ = expires;
    return principal;
  }
};

}  // namespace notify::agent::auth

namespace notify::agent::ingress {

using namespace std::chrono_literals;
using testing_support::TestEvent;

/// An intake behind which a log of memory lies.
class LogIntake final : public pipeline::Intake {
 public:
  LogIntake(async::Runtime& runtime, testing_support::FakeLog& log)
      : log_(log), parser_(runtime.clock(), runtime.random(), {}) {}

  async::Task<Result<pipeline::Caller>> Admit(std::size_t, pipeline::IncomingRequest,
                                              api::Access) override {
    co_return Fail(Errc::kInternal, "The handler admits.");
  }
  async::Task<Result<pipeline::Acknowledgement>> Publish(std::size_t,
                                                         const pipeline::Caller& caller,
                                                         ParsedEvents events) override {
    while (held) co_await released.Wait();
    EventView event;
    ReadRecord(events.batch.Record(0), event);
    const std::string& tenant = caller.tenant->id().text();
    pipeline::Acknowledgement answer;
    answer.epoch = Epoch{1000};
    answer.first = Sequence{log_.last(tenant) + 1};
    answer.accepted = 1;
    answer.first_id = event.id;
    log_.Commit(tenant, {{.type = std::string(event.type), .data = std::string(event.data)}});
    co_return answer;
  }
  async::Task<Result<pipeline::IncomingBatch>> ReadBatch(std::size_t, const pipeline::Caller&,
                                                         BatchReading::Format, std::string&,
                                                         const EventParser::Request&) override {
    co_return Fail(Errc::kInternal, "Nobody sends batches here.");
  }
  async::Task<Result<pipeline::Acknowledgement>> PublishBatch(std::size_t, const pipeline::Caller&,
                                                              pipeline::IncomingBatch) override {
    co_return Fail(Errc::kInternal, "Nobody sends batches here.");
  }
  async::Task<Result<Admission>> Reserve(std::size_t, const pipeline::Caller&) override {
    co_return Fail(Errc::kInternal, "Nobody reserves here.");
  }
  async::Task<Result<pipeline::Acknowledgement>> PublishReserved(std::size_t,
                                                                 const pipeline::Caller&, Admission,
                                                                 ParsedEvents) override {
    co_return Fail(Errc::kInternal, "Nobody reserves here.");
  }
  EventParser& parser(std::size_t) override { return parser_; }

  bool held = false;  ///< What is published waits for `released`.
  async::Signal released;

 private:
  testing_support::FakeLog& log_;
  EventParser parser_;
};

/// A peer that speaks HTTP first, and then what it likes.
class Peer {
 public:
  Peer(testing_support::sim::SimRuntime& runtime, std::unique_ptr<async::Stream> stream)
      : runtime_(runtime), stream_(std::move(stream)) {}

  void Write(std::string bytes) { runtime_.Run(WriteTask(std::move(bytes))); }
  /// Reads until `met`, at most `limit`. What came is in `bytes`.
  template <typename Met>
  bool ReadUntil(Met met, Clock::Duration limit = 5s) {
    const Clock::TimePoint end = runtime_.clock().Now() + limit;
    while (!met()) {
      if (closed_ || runtime_.clock().Now() >= end) return false;
      std::array<char, 4096> buffer{};
      auto got = stream_->TryRead(buffer);
      if (!got || (*got && **got == 0)) {
        closed_ = true;
      } else if (*got) {
        bytes.append(buffer.data(), **got);
      } else {
        runtime_.RunFor(1ms);
      }
    }
    return true;
  }
  bool ReadsTheEnd(Clock::Duration limit = 30s) {
    ReadUntil([] { return false; }, limit);
    return closed_;
  }
  async::Stream& stream() { return *stream_; }

  std::string bytes;

 private:
  async::Task<void> WriteTask(std::string text) {
    static_cast<void>(co_await async::WriteAll(*stream_, text));
  }

  testing_support::sim::SimRuntime& runtime_;
  std::unique_ptr<async::Stream> stream_;
  bool closed_ = false;
};

/// The live side of the agent over HTTP on a simulated machine. The header `X-Test` of a request
/// names the caller: `tenant user role`.
class LiveWorld : public HttpHandler {
 public:
  explicit LiveWorld(std::uint64_t seed = 1, signalr::HubRules rules = {})
      : rules_(std::move(rules)), runtime_({.seed = seed}, disk_) {
    at_ = runtime_.Run(server_.Listen({async::Endpoint::Kind::kTcp, "127.0.0.1", 0})).value();
  }
  ~LiveWorld() override {
    runtime_.Run(endpoint_.EndConnections());
    runtime_.Run(server_.Stop(), &runtime_.platform());
    runtime_.Run(endpoint_.Stop());
    runtime_.Run(events_.Stop());
    runtime_.Run(presence_.Stop());
    runtime_.Run(hub_.Stop());
  }

  async::Task<void> Handle(Exchange& exchange) override {
    pipeline::Caller caller =
        CallerOf(exchange.head().Header("X-Test").value_or("blue alice viewer"));
    const std::string_view path = exchange.head().path;
    if (path == "/hubs/notifications/negotiate") {
      co_await endpoint_.Negotiate(exchange, std::move(caller));
    } else if (path == "/hubs/notifications") {
      co_await endpoint_.Serve(exchange, std::move(caller));
    } else {
      co_await events_.Serve(exchange, std::move(caller));
    }
  }
  Response Malformed(const Error&) override { return Response{.status = 400}; }

  std::unique_ptr<Peer> Dial() {
    auto stream = runtime_.Run(runtime_.io(0).Connect(at_, 10s));
    return std::make_unique<Peer>(runtime_, std::move(*stream));
  }
  /// Sends a request and reads the head of its answer.
  std::unique_ptr<Peer> Ask(const std::string& line, const std::string& who,
                            const std::string& headers = {}) {
    auto peer = Dial();
    peer->Write(line + " HTTP/1.1\r\nHost: h\r\nX-Test: " + who + "\r\n" + headers + "\r\n");
    peer->ReadUntil([&] { return peer->bytes.find("\r\n\r\n") != std::string::npos; });
    return peer;
  }
  void Commit(std::vector<TestEvent> events, const std::string& tenant = "blue") {
    log_.Commit(tenant, std::move(events));
    runtime_.RunUntilIdle();
  }
  pipeline::Caller CallerOf(std::string_view who) {
    const auto first = who.find(' ');
    const auto second = who.rfind(' ');
    const TenantId tenant = TenantId::Parse(who.substr(0, first)).value();
    const std::string user(who.substr(first + 1, second - first - 1));
    TenantRecord record;
    record.id = tenant;
    record.epoch = Epoch{1000};
    record.settings = settings_;
    return {auth::Authenticator::Make(user, auth::ParseRoles(who.substr(second + 1)).value(),
                                      tenant, expires_),
            testing_support::TenantHandleOf(std::move(record)), "/"};
  }

  /// As the agent gives places: of the tenant, and of the user and the address where a test limits
  /// them.
  async::Task<Result<signalr::Place>> TakePlace(const pipeline::Caller& caller,
                                                std::string address) {
    auto slot = gate_.TryConnect();
    if (!slot) co_return slot.error();
    quota::HeadSlot of_heads;
    if (heads_) {
      auto took = co_await heads_->Take(caller.tenant->id(), caller.principal.user(), address);
      if (!took) co_return took.error();
      of_heads = std::move(*took);
    }
    signalr::Place place(signalr::PlaceParts{std::move(*slot), std::move(of_heads)});
    co_return std::move(place);
  }

  async::Task<Status> CheckPlace() { co_return gate_.CheckConnect(); }

  const signalr::HubRules rules_;
  TenantSettings settings_;
  std::optional<Clock::WallTime> expires_;
  testing_support::sim::SimDisk disk_;
  testing_support::sim::SimRuntime runtime_;
  testing_support::FakeLog log_{runtime_};
  pipeline::Fanout fanout_{log_};
  testing_support::NoDurableSource durables_;
  testing_support::MemorySessionKeeper sessions_;
  testing_support::RecordingHubNews news_;
  hub::Hub hub_{runtime_, fanout_, durables_, sessions_, news_};
  testing_support::RecordingAudit audit_;
  telemetry::Metrics metrics_{{}};
  LogIntake intake_{runtime_, log_};
  hub::Connections connections_{runtime_, hub_};
  hub::Presence presence_{runtime_, hub_, metrics_, 5s};
  quota::RateGate gate_{runtime_.clock(), TenantId::Parse("blue").value(), std::nullopt, {}};
  std::optional<quota::HeadCounts> heads_;
  signalr::Endpoint endpoint_{
      runtime_,
      intake_,
      hub_,
      audit_,
      metrics_,
      {.sizes = {.queue_bytes = 64 << 10},
       .rules = rules_,
       .take_place = [this](std::size_t, const pipeline::Caller& caller,
                            std::string address) { return TakePlace(caller, std::move(address)); },
       .check_place = [this](std::size_t, const pipeline::Caller&,
                             std::string) { return CheckPlace(); },
       .presence = &presence_}};
  sse::EventStream events_{runtime_, hub_, metrics_, {.queue_bytes = 64 << 10}};
  HttpServer server_{runtime_, *this, {}};
  async::Endpoint at_;
};

/// A hub client, as far as a test needs one.
class HubClient {
 public:
  HubClient(LiveWorld& world, const std::string& who = "blue alice viewer",
            const std::string& query = {})
      : peer_(world.Ask("GET /hubs/notifications" + query, who,
                        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")) {
    const auto end = peer_->bytes.find("\r\n\r\n");
    head = peer_->bytes.substr(0, end);
    peer_->bytes.erase(0, end + 4);
  }

  /// The handshake, and the greeting that follows it.
  std::string Greeting() {
    Send(R"({"protocol":"json","version":1})");
    EXPECT_EQ(Next(), "{}");
    return Next();
  }
  /// Sends hub messages, each with its separator.
  void Send(std::string message) { SendRaw(websocket::Opcode::kText, message + '\x1e'); }
  void SendRaw(websocket::Opcode opcode, const std::string& payload) {
    std::string frame;
    websocket::AppendMaskedFrame(frame, opcode, payload, {'a', 'b', 'c', 'd'});
    peer_->Write(std::move(frame));
  }
  /// The next hub message, pings aside; empty where none comes within `limit`.
  std::string Next(Clock::Duration limit = 2s) {
    peer_->ReadUntil([this] { return Parse(); }, limit);
    if (messages_.empty()) return {};
    std::string message = std::move(messages_.front());
    messages_.pop_front();
    return message;
  }
  /// Calls a method and gives its Completion; other messages are kept in `others`.
  std::string Call(const std::string& method, const std::string& arguments) {
    const std::string id = std::to_string(++last_id_);
    Send(R"({"type":1,"invocationId":")" + id + R"(","target":")" + method + R"(","arguments":[)" +
         arguments + "]}");
    for (std::string next = Next(); !next.empty(); next = Next()) {
      if (next.find("\"type\":3") != std::string::npos) return next;
      others.push_back(next);
    }
    return {};
  }
  bool closed() const { return close_code.has_value(); }
  Peer& peer() { return *peer_; }

  std::string head;
  std::vector<std::string> others;
  std::optional<websocket::CloseCode> close_code;
  std::size_t pings = 0;

 private:
  bool Parse() {
    std::span<char> input(peer_->bytes);
    for (auto event = reader_.Next(input); event.kind != websocket::EventKind::kNone;
         event = reader_.Next(input)) {
      if (event.kind == websocket::EventKind::kClose) close_code = event.code;
      if (event.kind == websocket::EventKind::kText) payload_ += event.payload;
    }
    peer_->bytes.clear();
    for (auto end = payload_.find('\x1e'); end != std::string::npos; end = payload_.find('\x1e')) {
      std::string message = payload_.substr(0, end);
      payload_.erase(0, end + 1);
      if (message == R"({"type":6})") {
        ++pings;
      } else {
        messages_.push_back(std::move(message));
      }
    }
    return !messages_.empty() || close_code;
  }

  std::unique_ptr<Peer> peer_;
  websocket::ReaderOptions options_{.role = websocket::Role::kClient};
  websocket::MessageReader reader_{options_};
  std::string payload_;
  std::deque<std::string> messages_;
  int last_id_ = 0;
};

}  // namespace notify::agent::ingress
