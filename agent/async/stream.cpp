#include "agent/async/stream.hpp"

#include <array>
#include <charconv>

namespace notify::agent::async {

std::string Endpoint::ToString() const {
  if (kind == Kind::kUnix) return "unix:" + host;
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<Endpoint> Endpoint::Parse(std::string_view text) {
  if (text.starts_with("unix:") && text.size() > 5) {
    return Endpoint{Kind::kUnix, std::string(text.substr(5)), 0};
  }
  const auto colon = text.rfind(':');
  if (colon != std::string_view::npos) {
    std::string_view host = text.substr(0, colon);
    const std::string_view digits = text.substr(colon + 1);
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    if (bracketed) host = host.substr(1, host.size() - 2);
    // `::1:80` could mean two things.
    if (!bracketed && host.find(':') != std::string_view::npos) host = {};
    std::uint16_t port = 0;
    const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (ec == std::errc{} && end == digits.data() + digits.size() && !host.empty()) {
      return Endpoint{Kind::kTcp, std::string(host), port};
    }
  }
  return Fail(Errc::kInvalidArgument,
              "'" + std::string(text) + "' is not an address; write HOST:PORT or unix:PATH.");
}

Task<Result<std::size_t>> ReadSome(Stream& stream, std::span<char> buffer) {
  while (true) {
    auto got = stream.TryRead(buffer);
    if (!got) co_return got.error();
    if (*got) co_return **got;
    co_await stream.Readable();
  }
}

Task<Status> WriteAll(Stream& stream, std::string_view bytes) {
  while (!bytes.empty()) {
    const std::array parts{bytes};
    auto taken = stream.TryWrite(parts);
    if (!taken) co_return taken.error();
    bytes.remove_prefix(*taken);
    if (*taken == 0) co_await stream.Writable();
  }
  co_return Status();
}

}  // namespace notify::agent::async
