#include "common/signalr/json_scanner.hpp"

#include <charconv>
#include <system_error>

#include "common/json_text.hpp"

namespace notify::signalr {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

int HexValue(char c) {
  if (IsDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The four digits of a checked `\u` escape.
unsigned FourDigits(std::string_view digits) {
  unsigned value = 0;
  for (const char c : digits.substr(0, 4)) value = value * 16 + static_cast<unsigned>(HexValue(c));
  return value;
}

void AppendUtf8(std::string& out, unsigned point) {
  const auto put = [&out](unsigned byte) { out += static_cast<char>(byte); };
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xC0 | (point >> 6));
  } else if (point < 0x10000) {
    put(0xE0 | (point >> 12));
    put(0x80 | ((point >> 6) & 0x3F));
  } else {
    put(0xF0 | (point >> 18));
    put(0x80 | ((point >> 12) & 0x3F));
    put(0x80 | ((point >> 6) & 0x3F));
  }
  put(0x80 | (point & 0x3F));
}

// Takes a `\u` escape (and its other half) off the front of `rest`, which stands behind the `u`.
// False where it is half a pair: that half was taken off, nothing appended.
bool AppendUnicode(std::string& out, std::string_view& rest) {
  unsigned point = FourDigits(rest);
  rest.remove_prefix(4);
  if (point >= 0xDC00 && point <= 0xDFFF) return false;
  if (point >= 0xD800 && point <= 0xDBFF) {
    if (!rest.starts_with("\\u")) return false;
    const unsigned low = FourDigits(rest.substr(2));
    if (low < 0xDC00 || low > 0xDFFF) return false;
    rest.remove_prefix(6);
    point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
  }
  AppendUtf8(out, point);
  return true;
}

char ShortEscape(char c) {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return c;
  }
}

// `on_half() -> bool`: whether to go on behind half a surrogate pair.
template <typename OnHalf>
bool Decode(std::string& out, RawJson token, OnHalf on_half) {
  std::string_view rest = token.substr(1, token.size() - 2);
  while (true) {
    const auto escape = rest.find('\\');
    out += rest.substr(0, escape);
    if (escape == std::string_view::npos) return true;
    const char kind = rest[escape + 1];
    rest.remove_prefix(escape + 2);
    if (kind != 'u') {
      out += ShortEscape(kind);
    } else if (!AppendUnicode(out, rest) && !on_half()) {
      return false;
    }
  }
}

}  // namespace

char JsonScanner::Peek() {
  SkipBlank();
  return Here();
}

std::optional<RawJson> JsonScanner::Value() {
  SkipBlank();
  const std::size_t start = at_;
  if (!SkipValue()) return std::nullopt;
  return text_.substr(start, at_ - start);
}

bool JsonScanner::End() {
  SkipBlank();
  return at_ == text_.size() || Wrong();
}

Error JsonScanner::Fault() const {
  if (too_deep_) return Fail(Errc::kJsonTooDeep, "The JSON is nested too deeply.");
  return Fail(Errc::kInvalidJson,
              "Error reading JSON. It is wrong at byte " + std::to_string(at_) + ".");
}

bool JsonScanner::SkipValue() {
  switch (Peek()) {
    case '{':
      return Object([this](RawJson) { return SkipValue(); });
    case '[':
      return Array([this] { return SkipValue(); });
    case '"':
      return String();
    case 't':
      return Literal("true");
    case 'f':
      return Literal("false");
    case 'n':
      return Literal("null");
    default:
      return Number();
  }
}

void JsonScanner::SkipBlank() {
  while (Here() == ' ' || Here() == '\t' || Here() == '\n' || Here() == '\r') ++at_;
}

bool JsonScanner::Take(char wanted) {
  SkipBlank();
  if (Here() != wanted) return false;
  ++at_;
  return true;
}

bool JsonScanner::Expect(char wanted) { return Take(wanted) || Wrong(); }

bool JsonScanner::Enter(char bracket) {
  if (!Expect(bracket)) return false;
  if (depth_left_ == 0) {
    too_deep_ = true;
    return Wrong();
  }
  --depth_left_;
  return true;
}

bool JsonScanner::Leave() {
  ++depth_left_;
  return true;
}

bool JsonScanner::String() {
  if (Here() != '"') return Wrong();
  ++at_;
  while (true) {
    at_ += PlainJsonRun(text_.substr(at_));
    switch (Here()) {
      case '"':
        ++at_;
        return true;
      case '\\':
        if (!Escape()) return false;
        break;
      default:  // the end, or a control character
        return Wrong();
    }
  }
}

bool JsonScanner::Escape() {
  ++at_;
  if (Here() != 'u') {
    constexpr std::string_view kShort = "\"\\/bfnrt";
    if (at_ == text_.size() || kShort.find(Here()) == std::string_view::npos) return Wrong();
    ++at_;
    return true;
  }
  ++at_;
  for (int i = 0; i < 4; ++i, ++at_) {
    if (HexValue(Here()) < 0) return Wrong();
  }
  return true;
}

bool JsonScanner::Number() {
  if (Here() == '-') ++at_;
  if (Here() == '0') {
    ++at_;
  } else if (!Digits()) {
    return false;
  }
  if (Here() == '.') {
    ++at_;
    if (!Digits()) return false;
  }
  if (Here() == 'e' || Here() == 'E') {
    ++at_;
    if (Here() == '+' || Here() == '-') ++at_;
    if (!Digits()) return false;
  }
  return true;
}

bool JsonScanner::Digits() {
  if (!IsDigit(Here())) return Wrong();
  while (IsDigit(Here())) ++at_;
  return true;
}

bool JsonScanner::Literal(std::string_view word) {
  if (!text_.substr(at_).starts_with(word)) return Wrong();
  at_ += word.size();
  return true;
}

bool JsonScanner::Wrong() {
  failed_ = true;
  return false;
}

std::optional<std::string> DecodeJsonString(RawJson token) {
  std::string out;
  if (!Decode(out, token, [] { return false; })) return std::nullopt;
  return out;
}

void AppendDecodedJsonString(std::string& out, RawJson token) {
  Decode(out, token, [&out] {
    AppendUtf8(out, 0xFFFD);
    return true;
  });
}

std::optional<std::int64_t> DecodeJsonInteger(RawJson token) {
  std::int64_t value = 0;
  const char* const end = token.data() + token.size();
  const auto [stop, error] = std::from_chars(token.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

}  // namespace notify::signalr
