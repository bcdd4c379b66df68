#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/eventlog/blocks/little_endian.hpp"

namespace notify::agent::eventlog {

/// What one keyed event adds to BlockToCommit::keys.
constexpr std::size_t kKeyedBytes = sizeof(std::uint32_t) + sizeof(std::uint64_t);

/// Adds the duplicate key of the block's event at `index`, counted over accepted events.
inline void AppendKey(std::string& keys, std::uint32_t index, std::uint64_t key) {
  Put(keys, index);
  Put(keys, key);
}

/// Calls `each(index, key)` for what AppendKey added, in order.
template <typename F>
void ForEachKey(std::string_view keys, F each) {
  while (keys.size() >= kKeyedBytes) {
    const auto index = Take<std::uint32_t>(keys);
    each(index, Take<std::uint64_t>(keys));
  }
}

}  // namespace notify::agent::eventlog
