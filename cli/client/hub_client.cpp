#include "cli/client/hub_client.hpp"

#include <utility>

#include "common/signalr/handshake.hpp"

namespace notify::cli::client {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr std::string_view kPath = "/hubs/notifications";
constexpr milliseconds kConnectLimit{5'000};
// The hub closes on a client that is silent for 30 s.
constexpr auto kPingAfter = 15s;
// An event of 256 KiB may be escaped.
constexpr signalr::HubLimits kLimits{.max_message_bytes = 2U << 20, .max_depth = 256};

}  // namespace

HubClient::HubClient(std::unique_ptr<WebSocket> socket, milliseconds limit, const Clock& clock)
    : socket_(std::move(socket)),
      limit_(limit),
      clock_(clock),
      protocol_(kLimits),
      sent_at_(clock.Now()) {}

Result<std::unique_ptr<HubClient>> HubClient::Connect(const Endpoint& endpoint,
                                                      const Caller& caller, const Clock& clock,
                                                      Random& random) {
  auto connection = Connection::Open(endpoint, std::min(kConnectLimit, caller.limit));
  if (!connection) return std::move(connection.error());
  return Connect(std::move(*connection), endpoint, caller, clock, random);
}

Result<std::unique_ptr<HubClient>> HubClient::Connect(std::unique_ptr<Connection> connection,
                                                      const Endpoint& endpoint,
                                                      const Caller& caller, const Clock& clock,
                                                      Random& random) {
  auto socket = WebSocket::Upgrade(std::move(connection), endpoint, kPath, caller, random);
  if (!socket) return std::move(socket.error());
  auto client = std::unique_ptr<HubClient>(new HubClient(std::move(*socket), caller.limit, clock));
  auto agreed = client->ShakeHands();
  if (!agreed) return std::move(agreed.error());
  return client;
}

Status HubClient::ShakeHands() {
  std::string request;
  signalr::AppendHandshakeRequest(request, protocol_.Name(), 1);
  auto sent = socket_->Send(request);
  if (!sent) return sent;
  for (;;) {
    auto text = socket_->Read(limit_, -1);
    if (!text) return std::move(text.error());
    in_ += *text;
    std::string_view rest = in_;
    const auto response = signalr::ParseHandshakeResponse(rest);
    if (!response) return response.error();
    if (!*response) continue;
    in_.erase(0, in_.size() - rest.size());
    if ((*response)->error) return Fail(Errc::kUnavailable, *(*response)->error);
    return TakeMessages();
  }
}

Result<std::string> HubClient::Invoke(std::string_view method,
                                      std::span<const std::string> arguments) {
  signalr::Invocation invocation;
  invocation.invocation_id = std::to_string(++invocations_);
  invocation.target = method;
  invocation.arguments.assign(arguments.begin(), arguments.end());
  std::string text;
  protocol_.Append(text, invocation);
  answer_.reset();
  auto sent = socket_->Send(text);
  if (!sent) return std::move(sent.error());
  sent_at_ = clock_.Now();
  const auto deadline = sent_at_ + limit_;
  while (!answer_) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - clock_.Now());
    if (left <= 0ms) {
      return Fail(Errc::kTimeout, "The hub has not answered " + std::string(method) + " in time.");
    }
    auto received = Receive(left, -1);
    if (!received) return std::move(received.error());
  }
  return std::move(*answer_);
}

Result<std::vector<HubCall>> HubClient::Read(milliseconds limit, int interrupt) {
  if (calls_.empty()) {
    auto received = Receive(limit, interrupt);
    // What came before the end still counts: the next call says the end.
    if (!received && calls_.empty()) return std::move(received.error());
  }
  return std::exchange(calls_, {});
}

Status HubClient::Receive(milliseconds limit, int interrupt) {
  if (clock_.Now() - sent_at_ >= kPingAfter) {
    std::string ping;
    protocol_.AppendPing(ping);
    auto sent = socket_->Send(ping);
    if (!sent) return sent;
    sent_at_ = clock_.Now();
  }
  auto text = socket_->Read(limit, interrupt);
  if (!text) return std::move(text.error());
  in_ += *text;
  return TakeMessages();
}

Status HubClient::TakeMessages() {
  std::string_view rest = in_;
  std::string values;
  for (;;) {
    auto found = protocol_.Parse(rest, values);
    if (!found) return std::move(found.error());
    if (std::holds_alternative<signalr::NeedMore>(*found)) break;
    if (auto* message = std::get_if<signalr::HubMessage>(&*found)) {
      auto taken = Take(std::move(*message));
      if (taken) continue;
      in_.clear();
      return taken;
    }
  }
  in_.erase(0, in_.size() - rest.size());
  return {};
}

Status HubClient::Take(signalr::HubMessage message) {
  if (auto* invocation = std::get_if<signalr::Invocation>(&message)) {
    HubCall call;
    call.method = std::move(invocation->target);
    call.arguments.assign(invocation->arguments.begin(), invocation->arguments.end());
    calls_.push_back(std::move(call));
  } else if (const auto* completion = std::get_if<signalr::Completion>(&message)) {
    if (completion->invocation_id != std::to_string(invocations_)) return {};
    if (completion->error) {
      answer_.emplace(HubError(*completion->error));
    } else {
      answer_.emplace(std::string(completion->result.value_or("null")));
    }
  } else if (const auto* close = std::get_if<signalr::Close>(&message)) {
    return Fail(Errc::kAgentUnreachable,
                "The hub closed the connection: " + close->error.value_or("it ends") + ".");
  }
  return {};
}

}  // namespace notify::cli::client
