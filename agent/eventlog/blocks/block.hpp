#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/flow/event_source.hpp"
#include "common/ids.hpp"
#include "common/result.hpp"

namespace notify::agent::eventlog {

/// The clear part of a block, in front of its encrypted events (docs/event_log_format.md).
///
/// A block is what one request brought of one tenant: sealed on the thread that received it, before
/// its numbers are known. So the events are bound to tenant and key by their own authentication,
/// and the header, with the numbers, by a second one over the header and the events' tag. Small
/// blocks are merged later, and a merged one says at which events its commits begin.
struct BlockHeader {
  Epoch epoch;
  Sequence first;
  std::uint32_t total = 0;       ///< Events in the payload.
  std::uint32_t accepted = 0;    ///< Of them, those that have a number; the others were duplicates.
  std::int64_t recorded_ms = 0;  ///< Of the first commit.
  std::uint32_t key_id = 0;
  std::uint32_t records_bytes = 0;  ///< Of the records before compression.
  bool compressed = false;
  std::vector<bool> skipped;  ///< By event; empty where none is.
  /// The commits behind the first, in a merged block.
  std::vector<CommittedBatch::LaterCommit> later;
  /// Of each stream in it, in the order of their first accepted events, the version of that event;
  /// those behind it in the stream have the next ones. Empty in a merged block, whose records have
  /// their versions themselves.
  std::vector<std::uint64_t> first_versions;

  Sequence last() const { return Sequence{first.value + accepted - 1}; }
};

/// The header's bytes as they are stored and authenticated.
std::string EncodeHeader(const BlockHeader& header);

/// A stored block, taken apart and found whole by its CRC, not yet decrypted. Views into its bytes.
struct StoredBlock {
  BlockHeader header;
  std::string_view header_bytes;
  std::string_view header_seal;  ///< Nonce and tag over `header_bytes` and the payload's tag.
  std::string_view payload;      ///< Nonce, ciphertext, tag.
};

/// Puts a block together; a CRC-32C of everything before it stands at its end.
std::string EncodeBlock(std::string_view header_bytes, std::string_view header_seal,
                        std::string_view payload);

/// kInternal where the bytes are damaged, kUnavailable where a newer agent wrote them.
Result<StoredBlock> DecodeBlock(std::string_view bytes);

}  // namespace notify::agent::eventlog
