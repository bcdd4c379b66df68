#include "common/utf8.hpp"

#include <cstddef>
#include <cstring>

namespace notify {
namespace {

// The length of the longest start of `text` that is ASCII, found eight bytes at a time; what the
// last step leaves is at most seven bytes short.
std::size_t AsciiWords(std::string_view text) {
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, sizeof word);
    if ((word & 0x8080808080808080ULL) != 0) break;
  }
  return i;
}

}  // namespace

bool Utf8Checker::Feed(std::string_view piece) {
  while (!piece.empty()) {
    if (expected_ == 0) piece.remove_prefix(AsciiWords(piece));
    // Up to the next word that could be all ASCII.
    for (int i = 0; i < 8 && !piece.empty(); ++i) {
      if (!FeedOne(static_cast<unsigned char>(piece.front()))) return false;
      piece.remove_prefix(1);
    }
  }
  return true;
}

bool Utf8Checker::FeedOne(unsigned char byte) {
  if (expected_ > 0) {
    if (byte < low_ || byte > high_) return false;
    low_ = 0x80;
    high_ = 0xBF;
    --expected_;
    return true;
  }
  if (byte < 0x80) return true;
  if (byte < 0xC2 || byte > 0xF4) return false;
  expected_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
  if (byte == 0xE0) low_ = 0xA0;
  if (byte == 0xED) high_ = 0x9F;
  if (byte == 0xF0) low_ = 0x90;
  if (byte == 0xF4) high_ = 0x8F;
  return true;
}

bool IsUtf8(std::string_view text) {
  Utf8Checker checker;
  return checker.Feed(text) && checker.AtBoundary();
}

}  // namespace notify
