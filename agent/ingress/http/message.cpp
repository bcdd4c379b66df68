#include "agent/ingress/http/message.hpp"

#include <algorithm>
#include <array>

#include "common/api/routes.hpp"

namespace notify::agent::ingress {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::optional<std::string> Decode(std::string_view text) {
  std::string plain(text);
  std::ranges::replace(plain, '+', ' ');
  return api::PercentDecode(plain);
}

/// Calls `each(name, value)` for every parameter until it returns false.
template <typename F>
void ForEachParameter(std::string_view query, F each) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const auto equals = pair.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    if (!each(pair.substr(0, equals), value)) return;
  }
}

}  // namespace

bool SameHeader(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return Lower(x) == Lower(y); });
}

std::optional<std::string_view> RequestHead::Header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (SameHeader(key, name)) return value;
  }
  return std::nullopt;
}

std::size_t RequestHead::CountHeader(std::string_view name) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(headers, [&](const auto& h) { return SameHeader(h.first, name); }));
}

std::optional<std::string> RequestHead::Query(std::string_view name) const {
  std::optional<std::string> found;
  ForEachParameter(query, [&](std::string_view key, std::string_view value) {
    if (!SameHeader(key, name)) return true;
    found = Decode(value);
    return false;
  });
  return found;
}

std::vector<std::string> RequestHead::QueryAll(std::string_view name) const {
  std::vector<std::string> found;
  ForEachParameter(query, [&](std::string_view key, std::string_view value) {
    auto decoded = Decode(value);
    if (SameHeader(key, name) && decoded) found.push_back(std::move(*decoded));
    return true;
  });
  return found;
}

std::string_view ReasonPhrase(int status) {
  struct Phrase {
    int status;
    std::string_view text;
  };
  constexpr std::array kPhrases = {Phrase{100, "Continue"},
                                   Phrase{101, "Switching Protocols"},
                                   Phrase{200, "OK"},
                                   Phrase{201, "Created"},
                                   Phrase{202, "Accepted"},
                                   Phrase{204, "No Content"},
                                   Phrase{304, "Not Modified"},
                                   Phrase{400, "Bad Request"},
                                   Phrase{401, "Unauthorized"},
                                   Phrase{403, "Forbidden"},
                                   Phrase{404, "Not Found"},
                                   Phrase{405, "Method Not Allowed"},
                                   Phrase{408, "Request Timeout"},
                                   Phrase{409, "Conflict"},
                                   Phrase{410, "Gone"},
                                   Phrase{413, "Content Too Large"},
                                   Phrase{415, "Unsupported Media Type"},
                                   Phrase{422, "Unprocessable Content"},
                                   Phrase{429, "Too Many Requests"},
                                   Phrase{431, "Request Header Fields Too Large"},
                                   Phrase{500, "Internal Server Error"},
                                   Phrase{502, "Bad Gateway"},
                                   Phrase{503, "Service Unavailable"},
                                   Phrase{504, "Gateway Timeout"},
                                   Phrase{507, "Insufficient Storage"}};
  const auto found = std::ranges::find(kPhrases, status, &Phrase::status);
  return found == kPhrases.end() ? std::string_view() : found->text;
}

void AppendResponseHead(std::string& out, int status, std::string_view content_type,
                        const std::vector<std::pair<std::string, std::string>>& headers,
                        std::optional<std::size_t> length, bool keep_alive) {
  out += "HTTP/1.1 ";
  out += std::to_string(status);
  out += ' ';
  out += ReasonPhrase(status);
  out += "\r\n";
  if (!content_type.empty()) {
    out += "Content-Type: ";
    out += content_type;
    out += "\r\n";
  }
  if (length) {
    out += "Content-Length: ";
    out += std::to_string(*length);
    out += "\r\n";
  }
  if (!keep_alive) out += "Connection: close\r\n";
  for (const auto& [name, value] : headers) {
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
  }
  out += "\r\n";
}

}  // namespace notify::agent::ingress
