#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/eventlog/blocks/block_streams.hpp"

namespace notify::agent::eventlog {

/// What a filter on types asks summaries for: the hashes of types and of prefixes (`fx.` for
/// `fx.*`). Empty: every block may hold what is looked for.
using TypeHashes = std::vector<std::uint32_t>;

/// Hashes of the patterns, as in TenantRecord's MatchesType; empty where `*` is among them.
TypeHashes HashTypePatterns(const HashKey& key, std::span<const std::string> patterns);

/// What a reader can know of a block without opening it, so that it skips what cannot hold what it
/// looks for: the types in it, and a Bloom filter of its ids and streams. Both may say yes wrongly,
/// never no.
///
/// Threads:  one at a time.
class BlockSummary {
 public:
  /// Whether an event in the block can have one of the types.
  bool MayHoldTypes(const TypeHashes& wanted) const;
  /// Whether an event in the block can have the id with this key.
  bool MayHoldId(std::uint64_t id_key) const;
  /// Whether an event in the block can be in the stream.
  bool MayHoldStream(const StreamKey& stream) const { return MayHoldId(stream.high); }

  /// docs/event_log_format.md, "A summary".
  std::string Encode() const;
  /// Nothing where the bytes are no summary.
  static std::optional<BlockSummary> Decode(std::string_view bytes);

 private:
  friend class SummaryBuilder;

  std::vector<std::uint32_t> types_;  // Sorted; empty: too many to list.
  std::string ids_;                   // Bits; empty: not known.
};

/// Makes the summary of a block, event by event.
///
/// Threads:  one at a time.
class SummaryBuilder {
 public:
  SummaryBuilder(const HashKey& key, std::size_t events);

  void Add(std::string_view type, std::uint64_t id_key);
  /// The event that was added last is in this stream.
  void AddStream(const StreamKey& stream);
  /// How many streams were added; one that comes again later may count twice.
  std::size_t streams() const { return streams_.size(); }
  BlockSummary Finish();

 private:
  void AddType(std::string_view type);

  const HashKey key_;
  BlockSummary summary_;
  std::vector<std::uint64_t> ids_;
  std::vector<std::uint64_t> streams_;
  std::string last_type_;  // Most blocks hold one type many times.
  bool too_many_types_ = false;
};

}  // namespace notify::agent::eventlog
