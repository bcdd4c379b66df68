#include "cli/top_level/fanout_member.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "common/http/problem.hpp"
#include "common/signalr/json_hub_protocol.hpp"
#include "common/signalr/negotiate.hpp"

namespace notify::cli::top_level {
namespace {

constexpr websocket::ReaderOptions kOptions{
    .role = websocket::Role::kClient, .max_frame_bytes = 8U << 20, .max_message_bytes = 8U << 20};
constexpr std::size_t kLongestHead = 64 * 1024;

Error Gone(const std::string& why) {
  return Fail(Errc::kAgentUnreachable, "A connection broke: " + why + ".");
}

int StatusOf(std::string_view head) {
  constexpr std::size_t kAt = 9;  // "HTTP/1.1 "
  int status = 0;
  if (head.size() > kAt) std::from_chars(head.data() + kAt, head.data() + head.size(), status);
  return status;
}

// Zero where it has none, as a 101 does.
std::size_t LengthOf(std::string_view head) {
  constexpr std::string_view kName = "\r\ncontent-length:";
  for (auto at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) {
    auto line = head.substr(at);
    if (line.size() < kName.size() || ::strncasecmp(line.data(), kName.data(), kName.size()) != 0) {
      continue;
    }
    line.remove_prefix(kName.size());
    while (line.starts_with(' ')) line.remove_prefix(1);
    std::size_t length = 0;
    std::from_chars(line.data(), line.data() + line.size(), length);
    return length;
  }
  return 0;
}

std::string TextOf(std::string_view message, std::string_view name) {
  const auto at = message.find(name);
  if (at == std::string_view::npos) return "no reason given";
  const auto text = message.substr(at + name.size());
  return std::string(text.substr(0, text.find('"')));
}

}  // namespace

FanoutMember::FanoutMember(int descriptor, const FanoutScript& script)
    : script_(script),
      descriptor_(descriptor),
      phase_(script.negotiate.empty() ? Phase::kUpgrading : Phase::kNegotiating),
      reader_(kOptions) {}

FanoutMember::~FanoutMember() { ::close(descriptor_); }

Status FanoutMember::Begin() {
  if (phase_ == Phase::kNegotiating) return Send(script_.negotiate);
  return Send("GET " + script_.upgrade_target + script_.upgrade_rest);
}

// Everything that a member sends is small: a socket that does not take it at once is stuck.
Status FanoutMember::Send(std::string_view bytes) {
  for (;;) {
    const auto n = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n == static_cast<ssize_t>(bytes.size())) return {};
    if (n < 0 && errno == EINTR) continue;
    return Gone(n < 0 ? std::strerror(errno) : "it takes no more");
  }
}

void FanoutMember::Ping() {
  // A connection that broke is noticed by its read.
  if (joined()) static_cast<void>(Send(script_.ping));
}

Status FanoutMember::Receive(std::span<char> buffer, FanoutLedger& ledger, const Clock& clock) {
  for (;;) {
    const auto n = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return {};
    if (n < 0) return Gone(std::strerror(errno));
    if (n == 0) return Gone("the agent closed it");
    const auto bytes = buffer.first(static_cast<std::size_t>(n));
    auto taken = TakeBytes(bytes, ledger, clock.Now());
    if (!taken || bytes.size() < buffer.size()) return taken;
  }
}

Status FanoutMember::TakeBytes(std::span<char> bytes, FanoutLedger& ledger, Clock::TimePoint now) {
  if (phase_ == Phase::kNegotiating || phase_ == Phase::kUpgrading) {
    return TakeHead(bytes, ledger, now);
  }
  return TakeFrames(bytes, ledger, now);
}

Status FanoutMember::TakeHead(std::span<char> bytes, FanoutLedger& ledger, Clock::TimePoint now) {
  if (!rest_) rest_ = std::make_unique<std::string>();
  rest_->append(bytes.data(), bytes.size());
  const std::string_view text = *rest_;
  const auto end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    return text.size() > kLongestHead ? Gone("its answer is not HTTP") : Status{};
  }
  const auto head = text.substr(0, end);
  const auto status = StatusOf(head);
  const auto length = status == 101 ? 0 : LengthOf(head);
  const auto behind = end + 4;
  if (text.size() < behind + length) return {};
  const auto body = text.substr(behind, length);
  if (phase_ == Phase::kNegotiating) {
    auto taken = TakeNegotiation(head, body);
    rest_.reset();
    return taken;
  }
  if (status != 101) return http::ParseProblem(status, body, nullptr);
  if (head.find(script_.accept) == std::string_view::npos) {
    return Gone("its upgrade is not the answer to ours");
  }
  auto early = std::string(text.substr(behind));
  rest_.reset();
  phase_ = Phase::kSubscribing;
  auto sent = Send(script_.hello);
  return sent && !early.empty() ? TakeFrames(early, ledger, now) : sent;
}

Status FanoutMember::TakeNegotiation(std::string_view head, std::string_view body) {
  if (StatusOf(head) != 200) return http::ParseProblem(StatusOf(head), body, nullptr);
  auto answer = signalr::ParseNegotiateAnswer(body);
  if (!answer) return std::move(answer.error());
  const auto* agreed = std::get_if<signalr::NegotiateResponse>(&*answer);
  if (agreed == nullptr) return Fail(Errc::kUnavailable, "The hub refuses or redirects.");
  phase_ = Phase::kUpgrading;
  // The token is safe in a URL: clients put it there as it is.
  return Send("GET " + script_.upgrade_target + "?id=" + agreed->Id() + script_.upgrade_rest);
}

Status FanoutMember::TakeFrames(std::span<char> bytes, FanoutLedger& ledger, Clock::TimePoint now) {
  using websocket::EventKind;
  for (auto event = reader_.Next(bytes); event.kind != EventKind::kNone;
       event = reader_.Next(bytes)) {
    if (event.kind == EventKind::kText) {
      auto taken = TakeText(event.payload, ledger, now);
      if (!taken) return taken;
    } else if (event.kind == EventKind::kClose || event.kind == EventKind::kFailed) {
      return Gone("the WebSocket was closed: " + std::string(event.payload));
    }
  }
  return {};
}

Status FanoutMember::TakeText(std::string_view text, FanoutLedger& ledger, Clock::TimePoint now) {
  std::string joined;
  if (rest_) {
    joined = std::move(*std::exchange(rest_, nullptr));
    joined += text;
    text = joined;
  }
  while (!text.empty()) {
    const auto end = text.find(signalr::kRecordSeparator);
    if (end == std::string_view::npos) {
      rest_ = std::make_unique<std::string>(text);
      return {};
    }
    auto taken = TakeMessage(text.substr(0, end), ledger, now);
    if (!taken) return taken;
    text.remove_prefix(end + 1);
  }
  return {};
}

Status FanoutMember::TakeMessage(std::string_view message, FanoutLedger& ledger,
                                 Clock::TimePoint now) {
  if (phase_ == Phase::kJoined && ledger.Take(message, expected_, now)) return {};
  if (message.starts_with(R"({"type":7)")) {
    return Gone("the hub closed it: " + TextOf(message, R"("error":")"));
  }
  if (phase_ != Phase::kSubscribing) return {};
  if (message.starts_with(R"({"type":3,"invocationId":"1")")) {
    if (message.find(R"("error":)") != std::string_view::npos) {
      return Fail(Errc::kUnavailable,
                  "A subscription was refused: " + TextOf(message, R"("error":")"));
    }
    phase_ = Phase::kJoined;
  } else if (message.starts_with(R"({"error")")) {
    return Fail(Errc::kUnavailable, "A handshake was refused: " + TextOf(message, R"("error":")"));
  }
  return {};
}

}  // namespace notify::cli::top_level
