#pragma once

#include <cstdint>
#include <string_view>

namespace notify {

/// Checks UTF-8 (RFC 3629: no surrogates, nothing overlong, nothing above U+10FFFF) that arrives in
/// pieces, cut anywhere. Fails at the first byte that no continuation could make valid.
/// Three bytes large; trivially copied. Threads: one at a time.
class Utf8Checker {
 public:
  /// Takes the next piece. False once a byte was wrong; then nothing more may be fed.
  bool Feed(std::string_view piece);
  /// Whether all that was fed ends with a whole character.
  bool AtBoundary() const { return expected_ == 0; }

 private:
  bool FeedOne(unsigned char byte);

  std::uint8_t expected_ = 0;  // continuation bytes still due
  std::uint8_t low_ = 0x80;    // bounds of the next one: they rule out overlong forms,
  std::uint8_t high_ = 0xBF;   // surrogates and what lies above U+10FFFF
};

/// Whether `text` is whole, valid UTF-8. Threads: any.
bool IsUtf8(std::string_view text);

}  // namespace notify
