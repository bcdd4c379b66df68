#include "tests/simulation/hub_client.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "common/signalr/handshake.hpp"
#include "common/signalr/negotiate.hpp"
#include "common/websocket/handshake.hpp"

namespace notify::simulation {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

// The agent is never silent for so long: it pings every 3 s.
constexpr auto kHubSilence = 10s;
constexpr websocket::ReaderOptions kReading{websocket::Role::kClient};
constexpr std::string_view kWebSocketKey = "dGhlIHNhbXBsZSBub25jZQ==";

}  // namespace

async::Task<std::string> HubClient::Negotiate(const Net& net, async::IoThread& io) {
  HttpClient client(*this, io, net.tcp);
  Ask ask;
  ask.method = "POST";
  ask.path = "/hubs/notifications/negotiate?negotiateVersion=1";
  ask.bearer = token();
  const Answer answer = co_await client.Send(ask);
  if (answer.unknown()) co_return std::string();
  const auto negotiated = signalr::ParseNegotiateAnswer(answer.body);
  if (!negotiated || !std::holds_alternative<signalr::NegotiateResponse>(*negotiated)) {
    Complain("negotiation: " + std::to_string(answer.status) + " " + answer.body);
    co_return std::string();
  }
  co_return std::get<signalr::NegotiateResponse>(*negotiated).Id();
}

async::Task<void> HubClient::Session(const Net& net, async::IoThread& io) {
  std::string id;
  if (dice.OneIn(2)) {
    id = co_await Negotiate(net, io);
    if (id.empty()) co_return;
  }
  const auto wire = co_await Wire::Dial(*this, io, net.tcp);
  if (!wire) co_return;
  text_.clear();
  say_.clear();
  greeted_ = closing_ = false;
  if (!co_await Open(*wire, std::move(id))) co_return;
  ++connections;
  wire_ = wire.get();
  reader_.emplace(kReading);
  Begin();
  while (TakeFrames()) {
    Handled(io.timers().clock().Now());
    // Where it cannot be sent, reading says so, behind what arrived before.
    if (!say_.empty()) co_await wire->Send(Frame(std::exchange(say_, {})));
    co_await io.timers().Sleep(Dawdle());
    if (!co_await wire->More(kHubSilence)) break;
  }
  TakeLastBytes();
}

void HubClient::TakeLastBytes() {
  if (wire_ == nullptr) return;
  wire_->Gather();
  TakeFrames();
  wire_ = nullptr;
}

async::Task<bool> HubClient::Open(Wire& wire, std::string id) {
  std::string path = "/hubs/notifications?access_token=" + token();
  if (!id.empty()) path += "&id=" + id;
  const std::string request = "GET " + path +
                              " HTTP/1.1\r\nHost: agent\r\nConnection: Upgrade\r\n"
                              "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                              "Sec-WebSocket-Key: " +
                              std::string(kWebSocketKey) + "\r\n\r\n";
  if (!co_await wire.Send(request)) co_return false;
  std::string head;
  const int status = co_await wire.TakeHead(head);
  if (status == 0 || status >= 500) co_return false;
  // A token that waited too long, or whose first try was cut off, is no use any more.
  const bool stale = !id.empty() && (status == 404 || status == 409);
  if (status != 101 && !stale) Complain("no upgrade: " + head);
  if (status == 101 && head.find(websocket::AcceptKey(kWebSocketKey)) == std::string::npos) {
    Complain("wrong Sec-WebSocket-Accept: " + head);
  }
  std::string hello;
  signalr::AppendHandshakeRequest(hello, "json", 1);
  co_return status == 101 && co_await wire.Send(Frame(hello));
}

std::string HubClient::Frame(std::string_view payload) {
  websocket::MaskKey key{};
  for (char& c : key) c = static_cast<char>(dice.Below(256));
  std::string frame;
  websocket::AppendMaskedFrame(frame, websocket::Opcode::kText, payload, key);
  return frame;
}

void HubClient::Call(std::string id, std::string target, std::vector<std::string_view> arguments) {
  signalr::Invocation call;
  call.invocation_id = std::move(id);
  call.target = std::move(target);
  call.arguments = std::move(arguments);
  json_.Append(say_, call);
}

bool HubClient::TakeFrames() {
  std::span<char> input(wire_->in);
  bool over = false;
  for (auto event = reader_->Next(input); event.kind != websocket::EventKind::kNone;
       event = reader_->Next(input)) {
    if (event.kind == websocket::EventKind::kText) {
      text_ += event.payload;
    } else if (event.kind == websocket::EventKind::kFailed) {
      Complain("broken WebSocket: " + std::string(event.payload));
      over = true;
    } else if (event.kind == websocket::EventKind::kClose) {
      over = true;
    }
  }
  wire_->in.clear();
  return TakeMessages() && !over && !closing_ && !stop;
}

bool HubClient::TakeMessages() {
  std::string_view rest = text_;
  std::string values;
  if (!greeted_ && !rest.empty()) {
    const auto hello = signalr::ParseHandshakeResponse(rest);
    if (!hello || (*hello && (*hello)->error)) {
      Complain("handshake refused: " + text_.substr(0, 200));
      return false;
    }
    greeted_ = hello->has_value();
    if (greeted_) Greeted();
  }
  while (greeted_) {
    const auto parsed = json_.Parse(rest, values);
    if (!parsed) {
      Complain("broken hub protocol: " + parsed.error().detail);
      return false;
    }
    if (std::holds_alternative<signalr::NeedMore>(*parsed)) break;
    if (const auto* message = std::get_if<signalr::HubMessage>(&*parsed)) Handle(*message);
  }
  text_.erase(0, text_.size() - rest.size());
  return true;
}

void HubClient::Handle(const signalr::HubMessage& message) {
  if (std::holds_alternative<signalr::Close>(message)) {
    closing_ = true;
  } else if (const auto* completion = std::get_if<signalr::Completion>(&message)) {
    Answered(*completion);
  } else if (const auto* call = std::get_if<signalr::Invocation>(&message)) {
    if (call->target == "gap" || call->target == "unsubscribed") {
      Complain(call->target + ": " + std::string(call->arguments.at(0)));
    } else if (call->target == "connected") {
      Welcomed(call->arguments.at(0));
    } else if (call->target != "notification") {
      Came(call->arguments.at(0));
    }
  }
}

void HubSubscriber::Greeted() {
  const json argument = {{"types", {pattern()}}, {"from", json::parse(After(last()))}};
  const std::string text = argument.dump();
  Call("1", "Subscribe", {text});
}

void HubSubscriber::Answered(const signalr::Completion& completion) {
  // The disk may fail under the agent; then it says so, and we come again.
  if (completion.error || !completion.result) return Leave();
  subscribed_ = true;
  if (json::parse(*completion.result, nullptr, false).contains("gap")) {
    Complain("a gap: " + std::string(*completion.result));
  }
}

void HubSubscriber::Came(std::string_view envelope) {
  // Before the answer to Subscribe comes what is broadcast anyway; the replay has it again.
  if (subscribed_) See(envelope);
}

}  // namespace notify::simulation
