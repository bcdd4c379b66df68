#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "agent/eventlog/blocks/block.hpp"
#include "agent/eventlog/blocks/block_summary.hpp"
#include "agent/flow/event_source.hpp"
#include "agent/flow/tenant_handle.hpp"
#include "common/model/event_parser.hpp"
#include "common/random.hpp"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace notify::agent::eventlog {

class TenantCipher;

/// Events that were validated, compressed and encrypted, and wait for their numbers. Made by
/// BlockSealer only.
///
/// Threads:  any, one at a time.
class SealedBatch {
 public:
  std::size_t size() const { return events_.size(); }
  /// What it takes of memory.
  std::size_t bytes() const { return payload_.size() + events_.records.size(); }
  /// What a commit writes of it.
  std::size_t stored_bytes() const { return payload_.size(); }
  /// At most this much lies in the journal of it, header, keys and summary included.
  std::size_t journal_bytes() const;
  const TenantId& tenant() const { return tenant_; }

  /// The events come from different requests: where one is refused because of its stream's version,
  /// those behind it in the stream are judged on their own.
  void JudgeEachAlone() { each_alone_ = true; }

 private:
  friend class BlockSealer;
  friend class TenantLog;
  SealedBatch() = default;

  TenantId tenant_;
  BlockHeader header_;   // Without the numbers.
  std::string payload_;  // Nonce, ciphertext, tag.
  EventBatch events_;    // In the clear, for those who read the newest events from memory.
  // The duplicate key of each event, 0 where it has none; empty where no event has one.
  std::vector<std::uint64_t> keys_;
  std::vector<StreamedEvent> streamed_;  // The events that are in a stream, in order.
  std::size_t streams_ = 0;              // How many streams they are in, roughly: never fewer.
  bool each_alone_ = false;
  std::string summary_;  // BlockSummary::Encode.
};

/// Seals and opens blocks. Holds the compression contexts and the ciphers of recent tenants.
///
/// Lifetime: one for each thread that seals or opens.
/// Threads:  one at a time.
class BlockSealer {
 public:
  explicit BlockSealer(Random& random);
  ~BlockSealer();
  BlockSealer(const BlockSealer&) = delete;
  BlockSealer& operator=(const BlockSealer&) = delete;

  /// What a block may cost: a thread that has nothing else to do makes it smaller.
  enum class Effort { kFast, kSmall };

  /// Compresses and encrypts. `has_caller_id` says of each event whether it can be a duplicate;
  /// `expected` is ParsedEvents::expected.
  SealedBatch Seal(const TenantHandle& tenant, EventBatch events,
                   const std::vector<bool>& has_caller_id,
                   std::span<const std::optional<ExpectedVersion>> expected = {},
                   Effort effort = Effort::kFast);

  /// The seal over a header and its payload's tag, once the numbers are known.
  std::string SealHeader(const TenantHandle& tenant, std::string_view header_bytes,
                         std::string_view payload);

  /// Proves and decrypts a stored block. kInternal where it was damaged or moved here from another
  /// place, tenant or log.
  Result<BatchPtr> Open(const TenantHandle& tenant, std::string_view bytes);

  /// One block out of consecutive ones of a tenant's log, at most kMaxMergedRecords of records
  /// unless there is one alone. `batches` is not empty and has no gap.
  struct Merged {
    BlockHeader header;
    std::string bytes;    ///< EncodeBlock.
    std::string summary;  ///< BlockSummary::Encode.
  };
  Merged Merge(const TenantHandle& tenant, std::span<const BatchPtr> batches);

  /// What an event is found by where its id alone is known.
  std::uint64_t IdKey(const TenantHandle& tenant, std::string_view id);
  /// What a stream is found by.
  StreamKey StreamKeyOf(const TenantHandle& tenant, std::string_view stream);
  /// What types are hashed with in the tenant's summaries.
  HashKey HashKeyOf(const TenantHandle& tenant);

 private:
  /// Compresses where that is worth it, and encrypts; the header learns what was done.
  std::string SealRecords(const TenantHandle& tenant, std::string_view records, Effort effort,
                          BlockHeader& header);
  TenantCipher& CipherOf(const TenantHandle& tenant);

  Random& random_;
  struct FreeContexts {
    void operator()(ZSTD_CCtx_s* context) const;
    void operator()(ZSTD_DCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_CCtx_s, FreeContexts> compressor_;
  std::unique_ptr<ZSTD_DCtx_s, FreeContexts> decompressor_;
  // By name, life and key: a tenant that is made again under a name has keys of its own.
  std::map<std::tuple<TenantId, Epoch, std::uint32_t>, std::unique_ptr<TenantCipher>> ciphers_;
};

}  // namespace notify::agent::eventlog
