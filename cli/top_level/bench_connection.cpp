#include "cli/top_level/bench_connection.hpp"

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "common/api/routes.hpp"

namespace notify::cli::top_level {
namespace {

Error Gone(const char* why) {
  return Fail(Errc::kAgentUnreachable, std::string("The agent broke a connection: ") + why + ".");
}

Error NotOurs() { return Fail(Errc::kInternal, "The agent's answer has no length."); }

bool SameLetters(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::optional<std::size_t> ContentLength(std::string_view head) {
  constexpr std::string_view kName = "content-length:";
  for (auto at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) {
    auto line = head.substr(at + 2);
    if (line.size() < kName.size() || !SameLetters(line.substr(0, kName.size()), kName)) continue;
    line.remove_prefix(kName.size());
    while (line.starts_with(' ')) line.remove_prefix(1);
    std::size_t length = 0;
    const auto parsed = std::from_chars(line.data(), line.data() + line.size(), length);
    if (parsed.ec == std::errc{}) return length;
  }
  return std::nullopt;
}

}  // namespace

BenchConnection::~BenchConnection() { ::close(descriptor_); }

Status BenchConnection::Send(std::string_view head, std::string_view body) {
  head_ = head;
  body_ = body;
  return Write();
}

Status BenchConnection::Write() {
  while (writing()) {
    std::array<iovec, 2> parts{{{const_cast<char*>(head_.data()), head_.size()},    // NOLINT: iovec
                                {const_cast<char*>(body_.data()), body_.size()}}};  // NOLINT: iovec
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    const auto n = ::sendmsg(descriptor_, &message, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return {};
    if (n < 0) return Gone(std::strerror(errno));
    const auto of_head = std::min(head_.size(), static_cast<std::size_t>(n));
    head_.remove_prefix(of_head);
    body_.remove_prefix(static_cast<std::size_t>(n) - of_head);
  }
  return {};
}

Result<std::optional<BenchAnswer>> BenchConnection::Read() {
  in_.erase(0, std::exchange(used_, 0));
  std::array<char, 16 * 1024> buffer;  // NOLINT: filled by recv
  for (;;) {
    const auto n = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return std::optional<BenchAnswer>{};
    if (n < 0) return Gone(std::strerror(errno));
    if (n == 0) return Gone("closed");
    in_.append(buffer.data(), static_cast<std::size_t>(n));
    auto answer = Complete();
    if (!answer || *answer) return answer;
  }
}

Result<std::optional<BenchAnswer>> BenchConnection::Complete() {
  const std::string_view text = in_;
  const auto end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) return std::optional<BenchAnswer>{};
  const auto length = ContentLength(text.substr(0, end));
  if (!length || !text.starts_with("HTTP/1.1 ")) return NotOurs();
  if (text.size() < end + 4 + *length) return std::optional<BenchAnswer>{};
  BenchAnswer answer;
  std::from_chars(text.data() + 9, text.data() + 12, answer.status);
  answer.body = text.substr(end + 4, *length);
  used_ = end + 4 + *length;
  return std::optional<BenchAnswer>{answer};
}

Result<std::string> BenchHead(Factory& factory, std::string_view operation,
                              std::string_view content_type, std::size_t size,
                              const std::string& tenant) {
  const auto access = factory.Access();
  if (!access) return access.error();
  std::string bytes = "POST " + access->endpoint.base + api::BuildPath(operation, {}) +
                      " HTTP/1.1\r\nHost: " + access->endpoint.HostHeader() +
                      "\r\nUser-Agent: notifyctl-bench\r\n";
  for (const auto& text : {access->token, tenant}) {
    if (text.find_first_of("\r\n") != std::string::npos) {
      return Fail(Errc::kInvalidArgument, "Token and tenant must not contain line feeds.");
    }
  }
  if (!access->token.empty()) bytes += "Authorization: Bearer " + access->token + "\r\n";
  if (!tenant.empty()) bytes += "X-Tenant: " + tenant + "\r\n";
  return bytes + "Content-Type: " + std::string(content_type) +
         "\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
}

Result<std::string> BenchRequest(Factory& factory, std::string_view operation,
                                 std::string_view content_type, std::string_view body) {
  const auto access = factory.Access();
  if (!access) return access.error();
  auto head = BenchHead(factory, operation, content_type, body.size(), access->tenant);
  if (!head) return head;
  return head->append(body);
}

}  // namespace notify::cli::top_level
