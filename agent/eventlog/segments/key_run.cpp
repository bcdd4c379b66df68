#include "agent/eventlog/segments/key_run.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "agent/eventlog/blocks/crc32c.hpp"
#include "agent/eventlog/blocks/little_endian.hpp"

namespace notify::agent::eventlog {
namespace {

__extension__ using Wide = unsigned __int128;  // What multiplying two 64-bit numbers gives.

constexpr std::size_t kLineBytes = 64;
constexpr std::uint64_t kKeysALine = 32;  // 16 bits a key.
constexpr int kProbes = 8;
constexpr std::uint64_t kPageEntries = 256;

/// Calls `each` with the 9-bit places of a key within its line.
template <typename F>
bool ForEachPlace(std::uint64_t key, F each) {
  // 72 bits are needed; a second, odd multiple of the key gives what the first has not.
  std::uint64_t bits = key * 0x9E3779B97F4A7C15ULL;
  for (int i = 0; i < kProbes; ++i) {
    if (i == kProbes / 2) bits = std::rotl(key, 32) * 0xC2B2AE3D27D4EB4FULL;
    if (!each(static_cast<std::size_t>(bits >> 55))) return false;
    bits <<= 9;
  }
  return true;
}

std::size_t LineOf(std::uint64_t key, std::uint64_t lines) {
  // The high bits choose the line: multiply instead of divide (Lemire).
  return static_cast<std::size_t>((static_cast<Wide>(key) * lines) >> 64);
}

}  // namespace

std::uint64_t KeyFilterBytes(std::uint64_t keys) {
  return std::max<std::uint64_t>((keys + kKeysALine - 1) / kKeysALine, 1) * kLineBytes;
}

bool FilterMayHold(std::string_view filter, std::uint64_t key) {
  const std::string_view line = filter.substr(LineOf(key, filter.size() / kLineBytes) * kLineBytes);
  return ForEachPlace(key, [line](std::size_t place) {
    return (static_cast<unsigned char>(line[place / 8]) >> (place % 8) & 1) != 0;
  });
}

std::string EncodeKeyRun(const std::vector<KeyEntry>& entries) {
  std::string out(reinterpret_cast<const char*>(entries.data()), entries.size() * sizeof(KeyEntry));
  const std::size_t filter = out.size();
  out.resize(filter + KeyFilterBytes(entries.size()), '\0');
  const std::uint64_t lines = (out.size() - filter) / kLineBytes;
  for (const KeyEntry& entry : entries) {
    char* const line = out.data() + filter + LineOf(entry.key, lines) * kLineBytes;
    ForEachPlace(entry.key, [line](std::size_t place) {
      line[place / 8] = static_cast<char>(line[place / 8] | 1 << (place % 8));
      return true;
    });
  }
  Put(out, Crc32c(out));
  return out;
}

std::optional<std::vector<KeyEntry>> DecodeKeyRun(std::string_view bytes) {
  if (bytes.size() < sizeof(std::uint32_t)) return std::nullopt;
  std::string_view crc = bytes.substr(bytes.size() - sizeof(std::uint32_t));
  bytes.remove_suffix(crc.size());
  if (Take<std::uint32_t>(crc) != Crc32c(bytes)) return std::nullopt;
  // 16 bytes a key, and 64 of filter for each 32 keys begun.
  std::uint64_t keys = bytes.size() / (sizeof(KeyEntry) + kLineBytes / kKeysALine) + 1;
  while (keys > 0 && keys * sizeof(KeyEntry) + KeyFilterBytes(keys) > bytes.size()) --keys;
  if (keys * sizeof(KeyEntry) + KeyFilterBytes(keys) != bytes.size()) return std::nullopt;
  std::vector<KeyEntry> entries(static_cast<std::size_t>(keys));
  if (!entries.empty()) {
    std::memcpy(entries.data(), bytes.data(), entries.size() * sizeof(KeyEntry));
  }
  return entries;
}

Status KeyRun::LoadFilter() {
  if (!filter_.empty()) return {};
  const auto file = open_();
  if (!file) return file.error();
  std::string filter(static_cast<std::size_t>(KeyFilterBytes(info_.keys)), '\0');
  const auto got = (*file)->ReadAt(info_.offset + info_.keys * sizeof(KeyEntry), filter);
  if (!got) return got.error();
  if (*got != filter.size()) return Fail(Errc::kInternal, "A run of keys is cut off.");
  filter_ = std::move(filter);
  return {};
}

Result<std::optional<Sequence>> KeyRun::Find(std::uint64_t key) {
  if (!filter_.empty() && !FilterMayHold(filter_, key)) return std::optional<Sequence>();
  const auto file = open_();
  if (!file) return file.error();
  std::uint64_t low = 0;
  std::uint64_t high = info_.keys;  // Behind the last that it can be.
  std::array<KeyEntry, kPageEntries> page;
  // The place that a hash has if hashes are spread evenly; then wherever the page says.
  std::uint64_t guess = LineOf(key, info_.keys);
  while (low < high) {
    const std::uint64_t count = std::min(kPageEntries, high - low);
    std::uint64_t begin = guess > kPageEntries / 2 ? guess - kPageEntries / 2 : 0;
    begin = std::clamp(begin, low, high - count);
    const auto bytes = static_cast<std::size_t>(count) * sizeof(KeyEntry);
    const auto got = (*file)->ReadAt(info_.offset + begin * sizeof(KeyEntry),
                                     {reinterpret_cast<char*>(page.data()), bytes});
    if (!got) return got.error();
    if (*got != bytes) return Fail(Errc::kInternal, "A run of keys is cut off.");
    const auto end = page.begin() + static_cast<std::ptrdiff_t>(count);
    const auto found = std::lower_bound(page.begin(), end, KeyEntry{key, 0});
    if (found != end && found->key == key) return std::optional(Sequence{found->sequence});
    if (found != page.begin() && found != end) return std::optional<Sequence>();
    if (found == page.begin()) {
      high = begin;
    } else {
      low = begin + count;
    }
    guess = low + (high - low) / 2;
  }
  return std::optional<Sequence>();
}

}  // namespace notify::agent::eventlog
