#include "common/schema/formats.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "common/model/rfc3339.hpp"

namespace notify::schema {
namespace {

bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !IsHex(text[i])) return false;
  }
  return true;
}

/// The part of RFC 5321 that people use: no quoted names, no address literals.
bool IsEmail(std::string_view text) {
  const auto at = text.find('@');
  if (at == 0 || at == std::string_view::npos || at > 64 || text.size() > 254) return false;
  const std::string_view domain = text.substr(at + 1);
  const auto plain = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7F && c != '@' && c != '"' && c != ',' && c != ';';
  };
  return !domain.empty() && std::ranges::all_of(text.substr(0, at), plain) &&
         std::ranges::all_of(domain, plain) && domain.front() != '.' && domain.back() != '.' &&
         domain.find("..") == std::string_view::npos;
}

/// A scheme, a colon and characters of RFC 3986 2.
bool IsUri(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos || !IsAlpha(text.front())) return false;
  const bool scheme = std::ranges::all_of(text.substr(0, colon), [](char c) {
    return IsAlpha(c) || IsDigit(c) || c == '+' || c == '-' || c == '.';
  });
  if (!scheme) return false;
  constexpr std::string_view kMarks = "-._~:/?#[]@!$&'()*+,;=";
  for (std::size_t i = colon; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size() || !IsHex(text[i + 1]) || !IsHex(text[i + 2])) return false;
    } else if (!IsAlpha(text[i]) && !IsDigit(text[i]) &&
               kMarks.find(text[i]) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

bool IsAddress(int family, const std::string& text) {
  std::array<unsigned char, 16> bytes{};
  return text.find('\0') == std::string::npos && inet_pton(family, text.c_str(), bytes.data()) == 1;
}

}  // namespace

bool FitsFormat(std::string_view format, const std::string& text) {
  if (format == "date-time") return IsRfc3339(text);
  if (format == "date") return text.size() == 10 && IsRfc3339(text + "T00:00:00Z");
  if (format == "time") return text.size() <= 40 && IsRfc3339("2000-01-01T" + text);
  if (format == "uuid") return IsUuid(text);
  if (format == "email") return IsEmail(text);
  if (format == "ipv4") return IsAddress(AF_INET, text);
  if (format == "ipv6") return IsAddress(AF_INET6, text);
  if (format == "uri") return IsUri(text);
  return true;
}

bool IsCheckedFormat(std::string_view format) {
  constexpr std::array<std::string_view, 8> kChecked = {"date-time", "date", "time", "uuid",
                                                        "email",     "ipv4", "ipv6", "uri"};
  return std::ranges::find(kChecked, format) != kChecked.end();
}

}  // namespace notify::schema
