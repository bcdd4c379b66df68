#include "tests/simulation/subscribers.hpp"

#include <nlohmann/json.hpp>

#include "common/signalr/handshake.hpp"
#include "common/signalr/negotiate.hpp"
#include "common/websocket/handshake.hpp"

namespace notify::simulation {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

// The agent is never silent for so long: it pings every 3 s, and marks a stream every 15 s.
constexpr auto kHubSilence = 10s;
constexpr auto kStreamSilence = 20s;
constexpr std::string_view kWebSocketKey = "dGhlIHNhbXBsZSBub25jZQ==";

}  // namespace

bool Wants(std::string_view pattern, std::string_view type) {
  if (pattern == "*") return true;
  return type.starts_with(pattern.substr(0, pattern.size() - 1));
}

async::Task<void> Subscriber::Run(Net net, async::IoThread& io) {
  while (!stop) {
    if (!token().empty()) co_await Session(net, io);
    co_await io.timers().Sleep(2ms + UpTo(60ms));
  }
}

void Subscriber::See(std::string_view envelope) {
  const json event = json::parse(envelope, nullptr, false);
  if (!event.is_object() || !event.contains("sequence") || !event.contains("id")) {
    Complain("this is no envelope: " + std::string(envelope.substr(0, 200)));
    return;
  }
  epoch_ = event.value("epoch", std::uint64_t{0});
  seen.push_back({event.value("sequence", std::uint64_t{0}), event.value("id", "")});
}

async::Task<std::string> HubSubscriber::Negotiate(const Net& net, async::IoThread& io) {
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

async::Task<void> HubSubscriber::Session(const Net& net, async::IoThread& io) {
  std::string id;
  if (dice.OneIn(2)) {
    id = co_await Negotiate(net, io);
    if (id.empty()) co_return;
  }
  const auto wire = co_await Wire::Dial(*this, io, net.tcp);
  if (!wire) co_return;
  text_.clear();
  greeted_ = subscribed_ = closing_ = false;
  if (!co_await Open(*wire, std::move(id))) co_return;
  ++connections;
  const websocket::ReaderOptions options{websocket::Role::kClient};
  websocket::MessageReader reader(options);
  bool asked = false;
  while (TakeFrames(*wire, reader)) {
    if (greeted_ && !asked) {
      asked = true;
      if (!co_await wire->Send(Frame(SubscribeCall()))) break;
    }
    co_await io.timers().Sleep(Dawdle());
    if (!co_await wire->More(kHubSilence)) break;
  }
}

async::Task<bool> HubSubscriber::Open(Wire& wire, std::string id) {
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

std::string HubSubscriber::Frame(std::string_view payload) {
  websocket::MaskKey key{};
  for (char& c : key) c = static_cast<char>(dice.Below(256));
  std::string frame;
  websocket::AppendMaskedFrame(frame, websocket::Opcode::kText, payload, key);
  return frame;
}

std::string HubSubscriber::SubscribeCall() {
  const json argument = {
      {"types", {pattern()}},
      {"from", {{"epoch", epoch_}, {"sequence", seen.empty() ? 0 : seen.back().sequence}}}};
  const std::string text = argument.dump();
  signalr::Invocation call;
  call.invocation_id = "1";
  call.target = "Subscribe";
  call.arguments = {text};
  std::string out;
  json_.Append(out, call);
  return out;
}

bool HubSubscriber::TakeFrames(Wire& wire, websocket::MessageReader& reader) {
  std::span<char> input(wire.in);
  bool over = false;
  for (auto event = reader.Next(input); event.kind != websocket::EventKind::kNone;
       event = reader.Next(input)) {
    if (event.kind == websocket::EventKind::kText) {
      text_ += event.payload;
    } else if (event.kind == websocket::EventKind::kFailed) {
      Complain("broken WebSocket: " + std::string(event.payload));
      over = true;
    } else if (event.kind == websocket::EventKind::kClose) {
      over = true;
    }
  }
  wire.in.clear();
  return TakeMessages() && !over && !closing_ && !stop;
}

bool HubSubscriber::TakeMessages() {
  std::string_view rest = text_;
  std::string values;
  if (!greeted_ && !rest.empty()) {
    const auto hello = signalr::ParseHandshakeResponse(rest);
    if (!hello || (*hello && (*hello)->error)) {
      Complain("handshake refused: " + text_.substr(0, 200));
      return false;
    }
    greeted_ = hello->has_value();
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

void HubSubscriber::Handle(const signalr::HubMessage& message) {
  if (std::holds_alternative<signalr::Close>(message)) {
    closing_ = true;
  } else if (const auto* completion = std::get_if<signalr::Completion>(&message)) {
    // The disk may fail under the agent; then it says so, and we come again.
    if (completion->error || !completion->result) {
      closing_ = true;
      return;
    }
    subscribed_ = true;
    if (json::parse(*completion->result, nullptr, false).contains("gap")) {
      Complain("a gap: " + std::string(*completion->result));
    }
  } else if (const auto* call = std::get_if<signalr::Invocation>(&message)) {
    if (call->target == "notification") {
      ++notifications;
    } else if (call->target == "gap" || call->target == "unsubscribed") {
      Complain(call->target + ": " + std::string(call->arguments.at(0)));
    } else if (call->target != "connected" && subscribed_) {
      // Before the answer to Subscribe comes what is broadcast anyway; the replay has it again.
      See(call->arguments.at(0));
    }
  }
}

async::Task<void> SseSubscriber::Session(const Net& net, async::IoThread& io) {
  const auto wire = co_await Wire::Dial(*this, io, net.tcp);
  if (!wire) co_return;
  const std::string filter = pattern() == "*" ? "" : "?type=" + pattern();
  const std::string request = "GET /api/events/stream" + filter +
                              " HTTP/1.1\r\nHost: agent\r\nAuthorization: Bearer " + token() +
                              "\r\nLast-Event-ID: " + last_id_ + "\r\n\r\n";
  if (!co_await wire->Send(request)) co_return;
  std::string head;
  const int status = co_await wire->TakeHead(head);
  if (status != 0 && status < 500 && status != 200) Complain("no stream: " + head);
  if (status != 200) co_return;
  ++connections;
  while (!stop) {
    for (auto end = wire->in.find("\n\n"); end != std::string::npos; end = wire->in.find("\n\n")) {
      TakeBlock(std::string_view(wire->in).substr(0, end));
      wire->in.erase(0, end + 2);
    }
    co_await io.timers().Sleep(Dawdle());
    if (!co_await wire->More(kStreamSilence)) co_return;
  }
}

void SseSubscriber::TakeBlock(std::string_view block) {
  std::string id;
  std::string_view data;
  while (!block.empty()) {
    const std::string_view line = block.substr(0, block.find('\n'));
    block.remove_prefix(std::min(line.size() + 1, block.size()));
    if (line.starts_with("id: ")) id = line.substr(4);
    if (line.starts_with("data: ")) data = line.substr(6);
    if (line.starts_with("event: ")) Complain("not an event: " + std::string(line));
  }
  if (!data.empty()) See(data);
  if (!id.empty()) last_id_ = id;
}

}  // namespace notify::simulation
