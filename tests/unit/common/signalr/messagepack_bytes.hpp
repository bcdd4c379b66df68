#pragma once

#include <string>
#include <string_view>

#include "common/signalr/messagepack_frame.hpp"

namespace notify::signalr {

/// The bytes that `hex` writes down: `"92 08 2a"`; blanks are for the eye.
inline std::string Bytes(std::string_view hex) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string digits;
  for (const char c : hex) {
    if (c != ' ') digits += static_cast<char>(kDigits.find(c));
  }
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(digits[i] << 4 | digits[i + 1]);
  }
  return bytes;
}

/// The other way, without blanks: two texts of it are easier to compare than two of bytes.
inline std::string Hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    hex += kDigits[static_cast<unsigned char>(c) >> 4];
    hex += kDigits[static_cast<unsigned char>(c) & 0xF];
  }
  return hex;
}

/// A message on the wire: its length in front of it.
inline std::string Framed(std::string body) {
  InsertFrameLength(body, 0);
  return body;
}

}  // namespace notify::signalr
