#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace notify {

/// Text of at most `N` bytes that lies in the object itself: for ids that are kept many thousand
/// times, where a std::string would take its own 32 bytes and as many of the heap.
///
/// Threads: any, as a value.
template <std::size_t N>
class ShortText {
  static_assert(N < 256);

 public:
  ShortText() = default;
  /// What is longer is cut.
  explicit ShortText(std::string_view text)
      : size_(static_cast<std::uint8_t>(std::min(text.size(), N))) {
    std::copy_n(text.data(), size_, bytes_.begin());
  }

  std::string_view view() const { return {bytes_.data(), size_}; }
  std::string text() const { return std::string(view()); }
  bool empty() const { return size_ == 0; }

  friend bool operator==(const ShortText& a, const ShortText& b) { return a.view() == b.view(); }
  friend auto operator<=>(const ShortText& a, const ShortText& b) { return a.view() <=> b.view(); }

 private:
  std::uint8_t size_ = 0;
  std::array<char, N> bytes_{};
};

/// 128 random bits in base64url, or less.
using ShortId = ShortText<23>;

}  // namespace notify
