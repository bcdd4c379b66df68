#include "agent/channel/webhook/address_guard.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace notify::agent::channel {
namespace {

struct Block {
  std::array<std::uint8_t, 16> prefix;
  unsigned bits;
};

constexpr auto kBlocked4 = std::to_array<Block>({
    {{0}, 8},              // this network
    {{10}, 8},             // private
    {{100, 64}, 10},       // shared by carriers
    {{127}, 8},            // loopback
    {{169, 254}, 16},      // link-local, metadata services
    {{172, 16}, 12},       // private
    {{192, 0, 0}, 24},     // protocol assignments
    {{192, 0, 2}, 24},     // documentation
    {{192, 88, 99}, 24},   // 6to4 relays
    {{192, 168}, 16},      // private
    {{198, 18}, 15},       // benchmarks
    {{198, 51, 100}, 24},  // documentation
    {{203, 0, 113}, 24},   // documentation
    {{224}, 4},            // multicast
    {{240}, 4},            // reserved, broadcast
});

constexpr auto kBlocked6 = std::to_array<Block>({
    {{0}, 96},                                   // unspecified, loopback, IPv4-compatible
    {{0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0}, 96},  // NAT64
    {{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48},  // NAT64, local use
    {{0x01, 0x00, 0, 0, 0, 0, 0, 0}, 64},        // discard
    {{0x20, 0x01, 0x00, 0x00}, 23},              // protocol assignments, Teredo
    {{0x20, 0x01, 0x0d, 0xb8}, 32},              // documentation
    {{0x20, 0x02}, 16},                          // 6to4
    {{0x3f, 0xff}, 20},                          // documentation
    {{0x5f, 0x00}, 16},                          // segment routing
    {{0xfc}, 7},                                 // unique local
    {{0xfe, 0x80}, 10},                          // link-local
    {{0xfe, 0xc0}, 10},                          // site-local, deprecated
    {{0xff}, 8},                                 // multicast
});

bool Contains(const Block& block, std::string_view address) {
  for (unsigned bit = 0; bit < block.bits; ++bit) {
    const auto byte = static_cast<std::uint8_t>(address[bit / 8]);
    if ((((byte ^ block.prefix.at(bit / 8)) >> (7U - bit % 8)) & 1U) != 0) return false;
  }
  return true;
}

}  // namespace

bool IsPublicAddress(std::string_view bytes) {
  constexpr std::string_view kMapped("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
  if (bytes.size() == 16 && bytes.starts_with(kMapped)) bytes.remove_prefix(kMapped.size());
  const auto holds = [&](const Block& block) { return Contains(block, bytes); };
  if (bytes.size() == 4) return std::ranges::none_of(kBlocked4, holds);
  return bytes.size() == 16 && std::ranges::none_of(kBlocked6, holds);
}

}  // namespace notify::agent::channel
