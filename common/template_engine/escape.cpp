#include "common/template_engine/escape.hpp"

#include <array>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace notify::template_engine {

namespace {

constexpr std::array<bool, 256> MakeSet(std::string_view characters, bool controls) {
  std::array<bool, 256> set{};
  for (const char c : characters) set[static_cast<unsigned char>(c)] = true;
  if (controls) {
    for (std::size_t i = 0; i < 0x20; ++i) set[i] = true;
    set[0x7F] = true;
  }
  return set;
}

constexpr auto kHtmlSet = MakeSet("&<>\"'`=", false);
constexpr auto kJsonSet = MakeSet("\"\\", true);
// Lead bytes of U+0080..U+009F, U+2028, U+2029 and U+FEFF, which YAML reads as breaks or refuses.
constexpr auto kYamlSet = MakeSet("\"\\\xC2\xE2\xEF", true);

std::string_view HtmlEntity(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#x27;";
    case '`':
      return "&#x60;";
    default:
      return "&#x3D;";
  }
}

void AppendUnicodeEscape(unsigned code, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHex[(code >> shift) & 0xFU];
}

void AppendJsonCharacter(char c, std::string& out) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
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
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    default:
      AppendUnicodeEscape(static_cast<unsigned char>(c), out);
  }
}

// The code point at `i` when it is one that YAML does not take as it is, with its length; else 0.
std::pair<unsigned, std::size_t> YamlSpecial(std::string_view text, std::size_t i) {
  const auto byte = [&](std::size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
  };
  if (byte(i) == 0xC2 && byte(i + 1) >= 0x80 && byte(i + 1) < 0xA0) return {byte(i + 1), 2};
  if (byte(i) == 0xE2 && byte(i + 1) == 0x80 && (byte(i + 2) == 0xA8 || byte(i + 2) == 0xA9)) {
    return {0x2000U + (byte(i + 2) & 0x3FU), 3};
  }
  if (byte(i) == 0xEF && byte(i + 1) == 0xBB && byte(i + 2) == 0xBF) return {0xFEFFU, 3};
  return {0, 0};
}

// Most texts have nothing to escape: 16 bytes at a time are enough to know.
bool IsPlainHtml(std::string_view text) {
  std::size_t i = 0;
#ifdef __SSE2__
  for (; i + 16 <= text.size(); i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + i));
    __m128i hit = _mm_setzero_si128();
    for (const char c : {'&', '<', '>', '"', '\'', '`', '='}) {
      hit = _mm_or_si128(hit, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)));
    }
    if (_mm_movemask_epi8(hit) != 0) return false;
  }
#endif
  bool hit = false;
  for (; i < text.size(); ++i) hit |= kHtmlSet[static_cast<unsigned char>(text[i])];
  return !hit;
}

template <typename OnHit>
void Scan(const std::array<bool, 256>& set, std::string_view text, std::string& out, OnHit on_hit) {
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!set[static_cast<unsigned char>(text[i])]) continue;
    out.append(text.data() + start, i - start);
    i += on_hit(i) - 1;
    start = i + 1;
  }
  out.append(text.data() + start, text.size() - start);
}

}  // namespace

void AppendEscaped(Escape escape, std::string_view text, std::string& out) {
  switch (escape) {
    case Escape::kNone:
      out.append(text);
      return;
    case Escape::kHtml:
      if (IsPlainHtml(text)) {
        out.append(text);
        return;
      }
      Scan(kHtmlSet, text, out, [&](std::size_t i) {
        out += HtmlEntity(text[i]);
        return std::size_t{1};
      });
      return;
    case Escape::kJson:
      Scan(kJsonSet, text, out, [&](std::size_t i) {
        AppendJsonCharacter(text[i], out);
        return std::size_t{1};
      });
      return;
    case Escape::kYaml:
      Scan(kYamlSet, text, out, [&](std::size_t i) {
        if (static_cast<unsigned char>(text[i]) < 0x80U) {
          AppendJsonCharacter(text[i], out);
          return std::size_t{1};
        }
        const auto [code, length] = YamlSpecial(text, i);
        if (length == 0) {
          out += text[i];
          return std::size_t{1};
        }
        AppendUnicodeEscape(code, out);
        return length;
      });
      return;
  }
}

}  // namespace notify::template_engine
