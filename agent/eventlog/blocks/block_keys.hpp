#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/eventlog/blocks/block_streams.hpp"
#include "agent/eventlog/blocks/little_endian.hpp"

namespace notify::agent::eventlog {

/// What one keyed event adds to BlockToCommit::keys.
constexpr std::size_t kKeyedBytes = sizeof(std::uint32_t) + sizeof(std::uint64_t);
/// And what a stream adds, however many of its events the block has.
constexpr std::size_t kStreamBytes = sizeof(std::uint32_t) + 4 * sizeof(std::uint64_t);
/// Set in the index of a stream's last event, which tells the two apart.
constexpr std::uint32_t kStreamMark = 1U << 31U;

/// Adds the duplicate key of the block's event at `index`, counted over accepted events.
inline void AppendKey(std::string& keys, std::uint32_t index, std::uint64_t key) {
  Put(keys, index);
  Put(keys, key);
}

/// Adds where a stream stands behind the block that begins at `first`, behind all duplicate keys.
inline void AppendStream(std::string& keys, Sequence first, const StreamKey& stream,
                         const StreamHead& head) {
  Put(keys, static_cast<std::uint32_t>(head.last.value - first.value) | kStreamMark);
  Put(keys, stream.high);
  Put(keys, stream.low);
  Put(keys, head.version);
  Put(keys, head.first.value);
}

/// Calls `each(index, key)` for what AppendKey added, in order. The rest is what AppendStream
/// added.
template <typename F>
std::string_view ForEachKey(std::string_view keys, F each) {
  while (keys.size() >= kKeyedBytes) {
    std::string_view rest = keys;
    const auto index = Take<std::uint32_t>(rest);
    if ((index & kStreamMark) != 0) break;
    each(index, Take<std::uint64_t>(rest));
    keys = rest;
  }
  return keys;
}

/// Calls `each(stream, head)` for what AppendStream added; `keys` is what ForEachKey left, and
/// `first` is the block's.
template <typename F>
void ForEachStream(std::string_view keys, Sequence first, F each) {
  while (keys.size() >= kStreamBytes) {
    StreamKey stream;
    StreamHead head;
    head.last.value = first.value + (Take<std::uint32_t>(keys) & ~kStreamMark);
    stream.high = Take<std::uint64_t>(keys);
    stream.low = Take<std::uint64_t>(keys);
    head.version = Take<std::uint64_t>(keys);
    head.first.value = Take<std::uint64_t>(keys);
    each(stream, head);
  }
}

}  // namespace notify::agent::eventlog
