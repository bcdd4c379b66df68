#include "tests/simulation/subscribers.hpp"

#include <nlohmann/json.hpp>

namespace notify::simulation {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

// The agent is never silent for so long: it marks a stream every 15 s.
constexpr auto kStreamSilence = 20s;

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

std::optional<Told> Subscriber::Read(std::string_view envelope) {
  const json event = json::parse(envelope, nullptr, false);
  if (!event.is_object() || !event.contains("sequence") || !event.contains("id")) {
    Complain("this is no envelope: " + std::string(envelope.substr(0, 200)));
    return std::nullopt;
  }
  epoch_ = event.value("epoch", std::uint64_t{0});
  return Told{{event.value("sequence", std::uint64_t{0}), event.value("id", "")},
              event.value("redelivered", false)};
}

void Subscriber::See(std::string_view envelope) {
  if (auto told = Read(envelope)) seen.push_back(std::move(told->event));
}

std::string Subscriber::After(std::uint64_t sequence) const {
  return json{{"epoch", epoch_}, {"sequence", sequence}}.dump();
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
