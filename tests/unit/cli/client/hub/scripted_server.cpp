#include "tests/unit/cli/client/hub/scripted_server.hpp"

#include <algorithm>
#include <iterator>

namespace notify::cli::testing_support {
namespace {

class PeerConnection final : public client::Connection {
 public:
  PeerConnection(Peer& peer, ::notify::testing_support::FakeClock& clock)
      : peer_(peer), clock_(clock), socket_(peer.script) {}

  Status Write(std::string_view bytes) override {
    if (peer_.broken_after >= 0 && peer_.writes >= peer_.broken_after) {
      return Fail(Errc::kAgentUnreachable, "The connection broke.");
    }
    ++peer_.writes;
    if (peer_.upgrades) return socket_.Write(bytes);
    peer_.received += bytes;
    return {};
  }

  Result<std::size_t> Read(std::span<char> into, std::chrono::milliseconds limit,
                           int interrupt) override {
    if (!peer_.script.sends.empty()) return socket_.Read(into, limit, interrupt);
    if (peer_.interrupts) return Fail(Errc::kInterrupted, "Interrupted.");
    if (peer_.ends) return std::size_t{0};
    clock_.Advance(limit);
    return Fail(Errc::kTimeout, "Nothing came.");
  }

 private:
  Peer& peer_;
  ::notify::testing_support::FakeClock& clock_;
  ScriptedConnection socket_;
};

}  // namespace

Peer& ScriptedServer::Answers(int status, std::string_view json, std::string_view headers) {
  return peers_.emplace_back().Sends(
      "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Type: application/json\r\n" +
      std::string(headers) + "Content-Length: " + std::to_string(json.size()) + "\r\n\r\n" +
      std::string(json));
}

Peer& ScriptedServer::Hub() {
  auto& peer = peers_.emplace_back();
  peer.upgrades = true;
  return peer.Says("{}");
}

Peer& ScriptedServer::Events() {
  return peers_.emplace_back().Sends(
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n:\r\n");
}

Peer& ScriptedServer::Negotiates(std::string_view more, std::string_view transports,
                                 std::string_view headers) {
  return Answers(200,
                 R"({"negotiateVersion":1,"connectionId":"public","connectionToken":"secret",)" +
                     std::string(more) + R"("availableTransports":[)" + std::string(transports) +
                     "]}",
                 headers);
}

Result<std::unique_ptr<client::Connection>> ScriptedServer::Dial(const client::Endpoint& endpoint) {
  dialled.push_back(endpoint);
  if (used_ == peers_.size()) return Fail(Errc::kAgentUnreachable, "Nobody answers.");
  auto peer = peers_.begin();
  std::advance(peer, used_++);
  return std::make_unique<PeerConnection>(*peer, clock);
}

std::string Event(std::string_view data) { return "data: " + std::string(data) + "\x1e\r\n\r\n"; }

}  // namespace notify::cli::testing_support
