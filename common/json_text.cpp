#include "common/json_text.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace notify {
namespace {

bool MustEscape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

constexpr std::uint64_t Repeat(std::uint8_t byte) { return 0x0101010101010101ULL * byte; }

// Whether one of eight bytes must be escaped: the usual "has a zero byte" and "has a byte below n"
// tests on a whole word, which are exact as a yes or no.
bool AnyMustEscape(std::uint64_t word) {
  const auto has_zero = [](std::uint64_t v) { return (v - Repeat(1)) & ~v & Repeat(0x80); };
  const std::uint64_t control = (word - Repeat(0x20)) & ~word & Repeat(0x80);
  return (control | has_zero(word ^ Repeat('"')) | has_zero(word ^ Repeat('\\'))) != 0;
}

void AppendEscape(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(c);
  const std::array<char, 6> escape = {'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 0xF]};
  out.append(escape.data(), escape.size());
}

}  // namespace

std::size_t PlainJsonRun(std::string_view text) {
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, sizeof word);
    if (AnyMustEscape(word)) break;
  }
  while (i < text.size() && !MustEscape(text[i])) ++i;
  return i;
}

void AppendJsonString(std::string& out, std::string_view utf8) {
  out.push_back('"');
  while (!utf8.empty()) {
    const std::size_t run = PlainJsonRun(utf8);
    out.append(utf8.data(), run);
    utf8.remove_prefix(run);
    if (utf8.empty()) break;
    AppendEscape(out, utf8.front());
    utf8.remove_prefix(1);
  }
  out.push_back('"');
}

}  // namespace notify
