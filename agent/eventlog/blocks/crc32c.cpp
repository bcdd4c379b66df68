#include "agent/eventlog/blocks/crc32c.hpp"

#include <array>
#include <cstddef>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace notify::agent::eventlog {
namespace {

constexpr std::uint32_t kPolynomial = 0x82F63B78;  // Reflected.
using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

// kTables[k][b]: the CRC of byte b followed by k zero bytes, so that eight bytes cost eight
// look-ups that do not wait for each other.
constexpr Tables kTables = [] {
  Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? kPolynomial : 0);
    tables[0][byte] = crc;
  }
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    for (std::size_t k = 1; k < 8; ++k) {
      const std::uint32_t before = tables[k - 1][byte];
      tables[k][byte] = (before >> 8) ^ tables[0][before & 0xFF];
    }
  }
  return tables;
}();

std::uint64_t TakeWord(std::string_view& bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes.data(), sizeof word);
  bytes.remove_prefix(sizeof word);
  return word;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t ByInstruction(std::string_view bytes) {
  std::uint64_t crc = 0xFFFFFFFF;
  while (bytes.size() >= 8) crc = _mm_crc32_u64(crc, TakeWord(bytes));
  auto last = static_cast<std::uint32_t>(crc);
  for (const char c : bytes) last = _mm_crc32_u8(last, static_cast<unsigned char>(c));
  return ~last;
}
#endif

}  // namespace

std::uint32_t Crc32cByTable(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  while (bytes.size() >= 8) {
    const std::uint64_t word = TakeWord(bytes) ^ crc;
    crc = 0;
    for (std::size_t k = 0; k < 8; ++k) crc ^= kTables[7 - k][(word >> (8 * k)) & 0xFF];
  }
  for (const char c : bytes) {
    crc = (crc >> 8) ^ kTables[0][(crc ^ static_cast<unsigned char>(c)) & 0xFF];
  }
  return ~crc;
}

std::uint32_t Crc32c(std::string_view bytes) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.2")) return ByInstruction(bytes);
#endif
  return Crc32cByTable(bytes);
}

}  // namespace notify::agent::eventlog
