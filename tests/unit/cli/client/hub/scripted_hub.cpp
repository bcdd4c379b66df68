#include "tests/unit/cli/client/hub/scripted_hub.hpp"

#include <algorithm>

#include "common/http/problem.hpp"
#include "common/websocket/frame.hpp"
#include "common/websocket/handshake.hpp"
#include "common/websocket/message_reader.hpp"

namespace notify::cli::testing_support {
namespace {

std::string KeyOf(const std::string& head) {
  const auto at = head.find("Sec-WebSocket-Key: ") + 19;
  return head.substr(at, head.find("\r\n", at) - at);
}

std::string Upgraded(const std::string& head) {
  return "HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: " +
         websocket::AcceptKey(KeyOf(head)) + "\r\n\r\n";
}

std::string Refused(int status) {
  const auto body = http::ProblemJson(Fail(Errc::kForbidden, "Not for you."), "c-1");
  return "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Type: application/problem+json\r\n" +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace

void HubScript::Message(std::string_view json) { Frame(0x1, std::string(json) + '\x1e'); }

void HubScript::Frame(unsigned char opcode, std::string_view payload) {
  std::string frame;
  websocket::AppendFrame(frame, static_cast<websocket::Opcode>(opcode), payload);
  sends.push_back(std::move(frame));
}

Status ScriptedConnection::Write(std::string_view bytes) {
  if (script_.head.empty()) {
    script_.head = bytes;
    script_.sends.push_front(script_.status == 101 ? Upgraded(script_.head)
                                                   : Refused(script_.status));
    return {};
  }
  std::string copy(bytes);
  std::span<char> rest = copy;
  const websocket::ReaderOptions options;
  websocket::MessageReader reader(options);
  for (auto event = reader.Next(rest); event.kind != websocket::EventKind::kNone;
       event = reader.Next(rest)) {
    if (event.kind == websocket::EventKind::kText) script_.received += event.payload;
    if (event.kind == websocket::EventKind::kPong) ++script_.pongs;
  }
  return {};
}

Result<std::size_t> ScriptedConnection::Read(std::span<char> into, std::chrono::milliseconds, int) {
  if (script_.sends.empty()) {
    if (silent_) return Fail(Errc::kTimeout, "Nothing came.");
    return std::size_t{0};
  }
  const auto piece = script_.sends.front().substr(0, into.size());
  script_.sends.front().erase(0, piece.size());
  if (script_.sends.front().empty()) script_.sends.pop_front();
  std::ranges::copy(piece, into.begin());
  return piece.size();
}

}  // namespace notify::cli::testing_support
