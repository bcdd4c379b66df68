#include "cli/client/hub/exchange.hpp"

#include <array>

#include "cli/client/http_message.hpp"

namespace notify::cli::client {
namespace {

// What they are limited to is not looked at: they live as long as one connection to one server.
std::string CookiesOf(const AnswerReader& answer) {
  std::string cookies;
  for (const auto& set : answer.Headers("Set-Cookie")) {
    const auto pair = set.substr(0, set.find(';'));
    if (pair.find('=') == std::string::npos) continue;
    cookies += (cookies.empty() ? "" : "; ") + pair;
  }
  return cookies;
}

}  // namespace

Result<HubAnswer> Post(Connection& connection, std::string_view target, const Headers& headers,
                       std::string_view body, std::chrono::milliseconds limit) {
  if (auto sound = CheckHeaders(headers); !sound) return std::move(sound.error());
  const auto written = connection.Write(RequestBytes("POST", target, headers, body));
  AnswerReader answer;
  std::array<char, 16 * 1024> buffer;  // NOLINT: filled by Read
  while (!answer.done()) {
    const auto n = connection.Read(buffer, limit, -1);
    // What could not be written may have been refused before: the answer counts.
    if (!n) return written ? n.error() : written.error();
    auto fed = *n == 0 ? answer.FeedEnd() : answer.Feed({buffer.data(), *n});
    if (!fed) return std::move(fed.error());
  }
  return HubAnswer{answer.status(), answer.TakeBody(), answer.keep_alive(),
                   answer.Header("Location"), CookiesOf(answer)};
}

}  // namespace notify::cli::client
