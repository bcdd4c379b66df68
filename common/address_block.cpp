#include "common/address_block.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

namespace notify {
namespace {

constexpr unsigned kBits4 = 32;

struct Address {
  std::array<std::uint8_t, 16> bytes{};
  unsigned bits = 0;  // 32 or 128.
};

std::optional<Address> Read(std::string_view text) {
  constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  const std::string name(text);
  Address address;
  if (inet_pton(AF_INET, name.c_str(), address.bytes.data()) == 1) {
    address.bits = kBits4;
    return address;
  }
  if (inet_pton(AF_INET6, name.c_str(), address.bytes.data()) != 1) return std::nullopt;
  address.bits = 128;
  if (std::equal(kMapped.begin(), kMapped.end(), address.bytes.begin())) {
    std::copy(address.bytes.begin() + kMapped.size(), address.bytes.end(), address.bytes.begin());
    address.bits = kBits4;
  }
  return address;
}

}  // namespace

bool IsInAddressBlock(std::string_view address, std::string_view block) {
  const auto slash = block.find('/');
  const auto given = Read(address);
  const auto base = Read(block.substr(0, slash));
  if (!given || !base || given->bits != base->bits) return false;
  unsigned bits = base->bits;
  if (slash != std::string_view::npos) {
    const std::string_view text = block.substr(slash + 1);
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), bits);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return false;
    if (bits > base->bits) return false;
  }
  for (unsigned bit = 0; bit < bits; ++bit) {
    const auto differs = given->bytes.at(bit / 8) ^ base->bytes.at(bit / 8);
    if (((static_cast<unsigned>(differs) >> (7U - bit % 8)) & 1U) != 0) return false;
  }
  return true;
}

bool IsInAddressBlocks(std::string_view address, std::span<const std::string> blocks) {
  return std::ranges::any_of(
      blocks, [&](const std::string& block) { return IsInAddressBlock(address, block); });
}

}  // namespace notify
