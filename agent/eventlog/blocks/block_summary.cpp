#include "agent/eventlog/blocks/block_summary.hpp"

#include <algorithm>

#include "agent/eventlog/blocks/little_endian.hpp"
#include "agent/eventlog/blocks/siphash.hpp"

namespace notify::agent::eventlog {
namespace {

constexpr std::size_t kMaxTypes = 64;
constexpr std::size_t kBitsAnEvent = 10;  // 1 % of wrong answers with seven probes.
constexpr int kProbes = 7;
constexpr std::size_t kMaxIdBytes = 4 << 20;

std::uint32_t HashType(const HashKey& key, std::string_view text) {
  return static_cast<std::uint32_t>(SipHash(key, text));
}

/// Calls `each` with the bits of an id in a filter of `bits` bits, until it returns false.
template <typename F>
bool ForEachBit(std::uint64_t id_key, std::size_t bits, F each) {
  // Double hashing (Kirsch, Mitzenmacher 2006): the key is a hash already.
  const std::uint64_t step = (id_key >> 32) | 1;
  std::uint64_t at = id_key;
  for (int i = 0; i < kProbes; ++i, at += step) {
    if (!each(static_cast<std::size_t>(at % bits))) return false;
  }
  return true;
}

}  // namespace

TypeHashes HashTypePatterns(const HashKey& key, std::span<const std::string> patterns) {
  TypeHashes hashes;
  for (const std::string& pattern : patterns) {
    if (pattern == "*") return {};
    std::string_view text = pattern;
    if (text.ends_with(".*")) text.remove_suffix(1);
    hashes.push_back(HashType(key, text));
  }
  return hashes;
}

bool BlockSummary::MayHoldTypes(const TypeHashes& wanted) const {
  if (wanted.empty() || types_.empty()) return true;
  return std::ranges::any_of(
      wanted, [this](std::uint32_t hash) { return std::ranges::binary_search(types_, hash); });
}

bool BlockSummary::MayHoldId(std::uint64_t id_key) const {
  if (ids_.empty()) return true;
  return ForEachBit(id_key, ids_.size() * 8, [this](std::size_t bit) {
    return (static_cast<unsigned char>(ids_[bit / 8]) >> (bit % 8) & 1) != 0;
  });
}

std::string BlockSummary::Encode() const {
  std::string out;
  out.reserve(2 + types_.size() * sizeof(std::uint32_t) + ids_.size());
  Put(out, static_cast<std::uint16_t>(types_.size()));
  for (const std::uint32_t type : types_) Put(out, type);
  out += ids_;
  return out;
}

std::optional<BlockSummary> BlockSummary::Decode(std::string_view bytes) {
  if (bytes.size() < sizeof(std::uint16_t)) return std::nullopt;
  const auto types = Take<std::uint16_t>(bytes);
  if (types > kMaxTypes || bytes.size() < types * sizeof(std::uint32_t)) return std::nullopt;
  BlockSummary summary;
  for (std::uint16_t i = 0; i < types; ++i) summary.types_.push_back(Take<std::uint32_t>(bytes));
  if (bytes.size() > kMaxIdBytes || !std::ranges::is_sorted(summary.types_)) return std::nullopt;
  summary.ids_ = bytes;
  return summary;
}

SummaryBuilder::SummaryBuilder(const HashKey& key, std::size_t events) : key_(key) {
  ids_.reserve(events);
}

void SummaryBuilder::Add(std::string_view type, std::uint64_t id_key) {
  if (type != last_type_) AddType(type);
  ids_.push_back(id_key);
}

void SummaryBuilder::AddStream(const StreamKey& stream) {
  if (streams_.empty() || streams_.back() != stream.high) streams_.push_back(stream.high);
}

void SummaryBuilder::AddType(std::string_view type) {
  last_type_ = type;
  if (too_many_types_) return;
  std::vector<std::uint32_t>& types = summary_.types_;
  const auto add = [&types](std::uint32_t hash) {
    const auto place = std::ranges::lower_bound(types, hash);
    if (place == types.end() || *place != hash) types.insert(place, hash);
  };
  add(HashType(key_, type));
  for (std::size_t dot = type.find('.'); dot != std::string_view::npos;
       dot = type.find('.', dot + 1)) {
    add(HashType(key_, type.substr(0, dot + 1)));
  }
  too_many_types_ = types.size() > kMaxTypes;
}

BlockSummary SummaryBuilder::Finish() {
  if (too_many_types_) summary_.types_.clear();
  if (!streams_.empty()) {
    std::ranges::sort(streams_);
    const auto repeated = std::ranges::unique(streams_);
    ids_.insert(ids_.end(), streams_.begin(), repeated.begin());
  }
  std::string& filter = summary_.ids_;
  filter.assign((ids_.size() * kBitsAnEvent + 7) / 8, '\0');
  for (const std::uint64_t id_key : ids_) {
    ForEachBit(id_key, filter.size() * 8, [&filter](std::size_t bit) {
      char& byte = filter[bit / 8];
      byte = static_cast<char>(byte | 1 << (bit % 8));
      return true;
    });
  }
  return std::move(summary_);
}

}  // namespace notify::agent::eventlog
