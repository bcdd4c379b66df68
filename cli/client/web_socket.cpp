#include "cli/client/web_socket.hpp"

#include <array>

#include "cli/client/http_message.hpp"
#include "common/http/problem.hpp"
#include "common/websocket/handshake.hpp"

namespace notify::cli::client {
namespace {

using std::chrono::milliseconds;
using websocket::EventKind;

// An event has 256 KiB at most, and an agent may put several messages into one.
constexpr websocket::ReaderOptions kOptions{
    .role = websocket::Role::kClient, .max_frame_bytes = 8U << 20, .max_message_bytes = 8U << 20};

Status ReadAnswer(Connection& connection, AnswerReader& answer, milliseconds limit) {
  std::array<char, 16 * 1024> buffer;  // NOLINT: filled by Read
  // A refusal is read to its end, for what it says.
  while (!answer.headers_done() || (answer.status() != 101 && !answer.done())) {
    const auto n = connection.Read(buffer, limit, -1);
    if (!n) return n.error();
    auto fed = *n == 0 ? answer.FeedEnd() : answer.Feed({buffer.data(), *n});
    if (!fed) return fed;
  }
  return {};
}

Status CheckAnswer(const AnswerReader& answer, std::string_view key) {
  const auto connection = answer.Header("Connection");
  const auto upgrade = answer.Header("Upgrade");
  const auto accept = answer.Header("Sec-WebSocket-Accept");
  return websocket::CheckUpgradeResponse({.status = answer.status(),
                                          .connection = connection,
                                          .upgrade = upgrade,
                                          .sec_websocket_accept = accept},
                                         key);
}

Error Closed(const websocket::Event& event) {
  std::string why = "The agent closed the WebSocket";
  if (event.kind == EventKind::kFailed) why = "The agent broke the WebSocket's protocol";
  if (!event.payload.empty()) why += ": " + std::string(event.payload);
  return Fail(Errc::kAgentUnreachable, why + ".");
}

}  // namespace

WebSocket::WebSocket(std::unique_ptr<Connection> connection, std::string early, Random& random)
    : connection_(std::move(connection)),
      random_(random),
      options_(kOptions),
      reader_(options_),
      early_(std::move(early)) {}

Result<std::unique_ptr<WebSocket>> WebSocket::Upgrade(std::unique_ptr<Connection> connection,
                                                      const Endpoint& endpoint,
                                                      std::string_view target, const Caller& caller,
                                                      Random& random, const Headers& more) {
  const auto key = websocket::MakeKey(random);
  auto headers = CallerHeaders(endpoint, caller);
  headers.insert(headers.end(), more.begin(), more.end());
  headers.emplace_back("Connection", "Upgrade");
  headers.emplace_back("Upgrade", "websocket");
  headers.emplace_back("Sec-WebSocket-Version", "13");
  headers.emplace_back("Sec-WebSocket-Key", key);
  auto sound = CheckHeaders(headers);
  if (!sound) return std::move(sound.error());
  auto written =
      connection->Write(RequestBytes("GET", endpoint.base + std::string(target), headers, ""));
  AnswerReader answer;
  auto read = ReadAnswer(*connection, answer, caller.limit);
  if (!read) return std::move(written ? read.error() : written.error());
  if (answer.status() / 100 != 2 && answer.status() != 101) {
    return http::ParseProblem(answer.status(), answer.TakeBody(), nullptr);
  }
  auto open = CheckAnswer(answer, key);
  if (!open) return std::move(open.error());
  return std::unique_ptr<WebSocket>(
      new WebSocket(std::move(connection), answer.TakeBody(), random));
}

Status WebSocket::Send(std::string_view text) { return Frame(websocket::Opcode::kText, text); }

Status WebSocket::SendBinary(std::string_view bytes) {
  return Frame(websocket::Opcode::kBinary, bytes);
}

void WebSocket::Close() {
  // Whoever is gone need not be told.
  static_cast<void>(
      Frame(websocket::Opcode::kClose, websocket::ClosePayload(websocket::CloseCode::kNormal)));
}

Status WebSocket::Frame(websocket::Opcode opcode, std::string_view payload) {
  websocket::MaskKey mask;
  random_.Fill(std::as_writable_bytes(std::span(mask)));
  std::string frame;
  frame.reserve(payload.size() + websocket::kMaxHeaderBytes);
  websocket::AppendMaskedFrame(frame, opcode, payload, mask);
  return connection_->Write(frame);
}

Result<std::string> WebSocket::Read(milliseconds limit, int interrupt) {
  std::string payloads;
  if (!early_.empty()) {
    auto taken = Take(early_, payloads);
    early_.clear();
    if (!taken) return std::move(taken.error());
    return payloads;
  }
  std::array<char, 64 * 1024> buffer;  // NOLINT: filled by Read
  const auto n = connection_->Read(buffer, limit, interrupt);
  if (!n) return n.error();
  if (*n == 0) return Fail(Errc::kAgentUnreachable, "The agent ended the connection.");
  auto taken = Take(std::span(buffer).first(*n), payloads);
  if (!taken) return std::move(taken.error());
  return payloads;
}

// What came before a close frame still counts: the close is said by the next read.
Status WebSocket::Take(std::span<char> bytes, std::string& payloads) {
  for (auto event = reader_.Next(bytes); event.kind != EventKind::kNone;
       event = reader_.Next(bytes)) {
    if (event.kind == EventKind::kText || event.kind == EventKind::kBinary) {
      payloads += event.payload;
    } else if (event.kind == EventKind::kPing) {
      auto answered = Frame(websocket::Opcode::kPong, event.payload);
      if (!answered) return answered;
    } else if (event.kind == EventKind::kClose || event.kind == EventKind::kFailed) {
      if (payloads.empty()) return Closed(event);
      return {};
    }
  }
  return {};
}

}  // namespace notify::cli::client
