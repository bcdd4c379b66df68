#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace notify::agent::eventlog {

/// SipHash-2-4 (Aumasson, Bernstein 2012): 64 bits that nobody can aim at without the key.
std::uint64_t SipHash(const std::array<std::uint64_t, 2>& key, std::string_view bytes);

}  // namespace notify::agent::eventlog
