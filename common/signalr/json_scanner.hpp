#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/result.hpp"
#include "common/signalr/hub_message.hpp"

namespace notify::signalr {

/// Walks a JSON text once, checks all of it (RFC 8259) and hands out slices. Works on unpadded text
/// in place, which is why it is not simdjson: hub messages are short and lie in a socket's buffer.
/// Once a call returned false or nothing, Fault() says why, unless a callback did it; no further
/// calls.
///
/// Accepted: numbers beyond any type's range, and `\ud800` without its other half (DecodeJsonString
/// refuses that where the text matters). `text` must be valid UTF-8: it is not checked here.
/// Lifetime: `text` outlives the scanner. Threads: one at a time.
class JsonScanner {
 public:
  /// `max_depth`: how many arrays and objects may lie inside each other, the outermost included.
  JsonScanner(std::string_view text, int max_depth) : text_(text), depth_left_(max_depth) {}

  /// The first character of the next value, or 0 at the end.
  char Peek();

  /// The next value, checked whole.
  std::optional<RawJson> Value();

  /// The next value, an object: calls `on_member(RawJson key) -> bool` for each member, which takes
  /// the member's value off this scanner. The key is a string's text with its quotes.
  template <typename OnMember>
  bool Object(OnMember&& on_member) {
    if (!Enter('{')) return false;
    if (Take('}')) return Leave();
    do {
      SkipBlank();
      const std::size_t start = at_;
      if (!String()) return false;
      const RawJson key = text_.substr(start, at_ - start);
      if (!Expect(':') || !on_member(key)) return false;
    } while (Take(','));
    return Expect('}') && Leave();
  }

  /// The next value, an array: calls `on_element() -> bool` for each element, which takes it off.
  template <typename OnElement>
  bool Array(OnElement&& on_element) {
    if (!Enter('[')) return false;
    if (Take(']')) return Leave();
    do {
      if (!on_element()) return false;
    } while (Take(','));
    return Expect(']') && Leave();
  }

  /// Whether nothing but white space is left; anything else is a fault.
  bool End();

  /// Whether the text itself was wrong.
  bool Failed() const { return failed_; }
  /// What was wrong: kInvalidJson with the byte's place, or kJsonTooDeep.
  Error Fault() const;

 private:
  bool SkipValue();
  void SkipBlank();
  bool Take(char wanted);
  bool Expect(char wanted);
  bool Enter(char bracket);
  bool Leave();
  bool String();
  bool Escape();
  bool Number();
  bool Digits();
  bool Literal(std::string_view word);
  bool Wrong();
  char Here() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_left_;
  bool failed_ = false;
  bool too_deep_ = false;
};

/// What a string's text stands for; `token` has its quotes and was checked by a JsonScanner.
/// Nothing where half a surrogate pair stands alone: that is no character. Threads: any.
std::optional<std::string> DecodeJsonString(RawJson token);

/// The same, appended to `out`; half a surrogate pair becomes U+FFFD. Threads: any.
void AppendDecodedJsonString(std::string& out, RawJson token);

/// The value of a number that is written as a plain integer and fits. Threads: any.
std::optional<std::int64_t> DecodeJsonInteger(RawJson token);

}  // namespace notify::signalr
