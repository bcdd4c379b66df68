#include "agent/eventlog/blocks/block_sealer.hpp"

#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "agent/eventlog/blocks/block_keys.hpp"
#include "agent/eventlog/blocks/siphash.hpp"
#include "agent/store/aead.hpp"
#include "common/encoding.hpp"

namespace notify::agent::eventlog {
namespace {

// The fast one is 80 ns an event cheaper, and stores half as much again (docs/performance.md).
constexpr int kFastLevel = -5;
constexpr int kSmallLevel = 1;
constexpr std::size_t kWorthCompressing = 512;
constexpr std::size_t kMaxRecords = 64 << 20;
constexpr std::size_t kRememberedTenants = 1024;
constexpr std::size_t kTagBytes = 16;

std::string PayloadContext(const TenantHandle& tenant) {
  return "notify.block.payload/1\n" + tenant.id().text() + "\n" +
         std::to_string(tenant.record().key_id);
}

std::string HeaderContext(const TenantHandle& tenant, std::string_view header,
                          std::string_view payload) {
  std::string context = "notify.block.header/1\n" + tenant.id().text() + "\n";
  context += header;
  context += payload.substr(payload.size() - std::min(payload.size(), kTagBytes));
  return context;
}

/// Never 0. `name` is the caller's, so that its memory serves for many.
std::uint64_t DuplicateKey(const HashKey& secret, const RecordIdentity& identity,
                           std::string& name) {
  name.clear();
  if (!identity.idempotency_key.empty()) {
    name += 'k';
    name += identity.idempotency_key;
  } else {
    name += 'i';
    name += identity.source;
    name += '\n';
    name += identity.id;
  }
  const std::uint64_t key = SipHash(secret, name);
  return key == 0 ? 1 : key;
}

Error Unproven() {
  return Fail(Errc::kInternal,
              "A block of the event log is damaged, or was moved here from another log.");
}

}  // namespace

/// The keys of one tenant, ready to use.
class TenantCipher {
 public:
  explicit TenantCipher(const TenantRecord& record) : aead(record.data_key) {
    const std::string key = HmacSha256(record.data_key.Reveal(), "notify duplicate keys");
    std::memcpy(hash_key.data(), key.data(), sizeof hash_key);
  }

  store::Aead aead;
  HashKey hash_key{};
};

void BlockSealer::FreeContexts::operator()(ZSTD_CCtx_s* context) const { ZSTD_freeCCtx(context); }
void BlockSealer::FreeContexts::operator()(ZSTD_DCtx_s* context) const { ZSTD_freeDCtx(context); }

BlockSealer::BlockSealer(Random& random) : random_(random) {}
BlockSealer::~BlockSealer() = default;

TenantCipher& BlockSealer::CipherOf(const TenantHandle& tenant) {
  const std::tuple key(tenant.id(), tenant.record().epoch, tenant.record().key_id);
  auto found = ciphers_.find(key);
  if (found == ciphers_.end()) {
    if (ciphers_.size() >= kRememberedTenants) ciphers_.clear();
    found = ciphers_.emplace(key, std::make_unique<TenantCipher>(tenant.record())).first;
  }
  return *found->second;
}

std::size_t SealedBatch::journal_bytes() const {
  constexpr std::size_t kFixed = 512;  // Headers, seals, the tenant's name.
  constexpr std::size_t kKeyBytes = sizeof(std::uint32_t) + sizeof(std::uint64_t);
  // In the header its first version, in the keys kStreamBytes.
  constexpr std::size_t kStreamTakes = sizeof(std::uint64_t) + kStreamBytes;
  return kFixed + payload_.size() + size() / 8 + keys_.size() * kKeyBytes +
         streams_ * kStreamTakes + summary_.size();
}

std::string BlockSealer::SealRecords(const TenantHandle& tenant, std::string_view records,
                                     Effort effort, BlockHeader& header) {
  header.key_id = tenant.record().key_id;
  header.records_bytes = static_cast<std::uint32_t>(records.size());
  std::unique_ptr<char[]> compressed;
  if (records.size() >= kWorthCompressing) {
    if (!compressor_) compressor_.reset(ZSTD_createCCtx());
    const std::size_t room = ZSTD_compressBound(records.size());
    compressed = std::make_unique_for_overwrite<char[]>(room);
    const std::size_t size =
        ZSTD_compressCCtx(compressor_.get(), compressed.get(), room, records.data(), records.size(),
                          effort == Effort::kFast ? kFastLevel : kSmallLevel);
    if (ZSTD_isError(size) == 0 && size < records.size()) {
      records = {compressed.get(), size};
      header.compressed = true;
    }
  }
  std::string payload;
  CipherOf(tenant).aead.Seal(random_, PayloadContext(tenant), records, payload);
  return payload;
}

SealedBatch BlockSealer::Seal(const TenantHandle& tenant, EventBatch events,
                              const std::vector<bool>& has_caller_id,
                              std::span<const std::optional<ExpectedVersion>> expected,
                              Effort effort) {
  SealedBatch batch;
  batch.tenant_ = tenant.id();
  batch.header_.total = static_cast<std::uint32_t>(events.size());
  batch.payload_ = SealRecords(tenant, events.records, effort, batch.header_);

  const HashKey& key = CipherOf(tenant).hash_key;
  const bool any_keyed = std::ranges::find(has_caller_id, true) != has_caller_id.end();
  if (any_keyed) batch.keys_.resize(events.size());
  SummaryBuilder summary(key, events.size());
  StreamHasher streams(key);
  std::string name;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto identity = ReadRecordIdentity(events.Record(i));
    if (!identity) continue;
    summary.Add(identity->type, SipHash(key, identity->id));
    if (has_caller_id[i]) batch.keys_[i] = DuplicateKey(key, *identity, name);
    if (identity->stream.empty()) continue;
    StreamedEvent& event = batch.streamed_.emplace_back();
    event.index = static_cast<std::uint32_t>(i);
    event.stream = streams.KeyOf(identity->stream);
    if (!expected.empty()) event.expected = expected[i];
    if (const auto version = ParseStreamVersion(identity->streamversion);
        version && !event.expected) {
      event.expected = ExpectedVersion{.version = *version - 1};
    }
    summary.AddStream(event.stream);
  }
  batch.streams_ = summary.streams();
  batch.summary_ = summary.Finish().Encode();
  batch.events_ = std::move(events);
  return batch;
}

BlockSealer::Merged BlockSealer::Merge(const TenantHandle& tenant,
                                       std::span<const BatchPtr> batches) {
  Merged merged;
  BlockHeader& header = merged.header;
  header.epoch = batches.front()->epoch;
  header.first = batches.front()->first;
  header.recorded_ms = batches.front()->recorded_ms;
  std::size_t events = 0;
  for (const BatchPtr& batch : batches) events += batch->events.size();
  const HashKey& key = CipherOf(tenant).hash_key;
  SummaryBuilder summary(key, events);
  StreamHasher streams(key);
  std::string records;
  std::int64_t newest = header.recorded_ms;
  for (const BatchPtr& batch : batches) {
    for (std::size_t i = 0; i < batch->events.size(); ++i) {
      if (const std::int64_t at = batch->RecordedMs(i); at != newest) {
        header.later.push_back({header.total, newest = at});
      }
      const std::string_view record = batch->events.Record(i);
      if (const auto identity = ReadRecordIdentity(record)) {
        summary.Add(identity->type, SipHash(key, identity->id));
        if (!identity->stream.empty()) summary.AddStream(streams.KeyOf(identity->stream));
      }
      records += record.substr(0, RecordBytes(record));
      ++header.total;
    }
  }
  header.accepted = header.total;
  // Nobody waits for what is merged.
  const std::string payload = SealRecords(tenant, records, Effort::kSmall, header);
  const std::string header_bytes = EncodeHeader(header);
  merged.bytes = EncodeBlock(header_bytes, SealHeader(tenant, header_bytes, payload), payload);
  merged.summary = summary.Finish().Encode();
  return merged;
}

std::string BlockSealer::SealHeader(const TenantHandle& tenant, std::string_view header_bytes,
                                    std::string_view payload) {
  std::string seal;
  CipherOf(tenant).aead.Seal(random_, HeaderContext(tenant, header_bytes, payload), {}, seal);
  return seal;
}

std::uint64_t BlockSealer::IdKey(const TenantHandle& tenant, std::string_view id) {
  return SipHash(CipherOf(tenant).hash_key, id);
}

StreamKey BlockSealer::StreamKeyOf(const TenantHandle& tenant, std::string_view stream) {
  return StreamHasher(CipherOf(tenant).hash_key).KeyOf(stream);
}

HashKey BlockSealer::HashKeyOf(const TenantHandle& tenant) { return CipherOf(tenant).hash_key; }

Result<BatchPtr> BlockSealer::Open(const TenantHandle& tenant, std::string_view bytes) {
  const auto block = DecodeBlock(bytes);
  if (!block) return block.error();
  TenantCipher& cipher = CipherOf(tenant);
  std::string nothing;
  if (!cipher.aead.Open(HeaderContext(tenant, block->header_bytes, block->payload),
                        block->header_seal, nothing)) {
    return Unproven();
  }
  const BlockHeader& header = block->header;
  std::string plain;
  if (!cipher.aead.Open(PayloadContext(tenant), block->payload, plain)) return Unproven();
  if (header.records_bytes > kMaxRecords) return Unproven();
  if (header.compressed) {
    if (!decompressor_) decompressor_.reset(ZSTD_createDCtx());
    std::string records(header.records_bytes, '\0');
    const std::size_t size = ZSTD_decompressDCtx(decompressor_.get(), records.data(),
                                                 records.size(), plain.data(), plain.size());
    if (ZSTD_isError(size) != 0 || size != records.size()) return Unproven();
    plain = std::move(records);
  }
  auto batch = std::make_shared<CommittedBatch>();
  // A restored log is a new one with the blocks of the old: what its header says is sealed.
  batch->epoch = tenant.record().epoch;
  batch->first = header.first;
  batch->recorded_ms = header.recorded_ms;
  batch->later = header.later;
  std::size_t at = 0;
  EventView event;
  for (std::uint32_t i = 0; i < header.total; ++i) {
    const auto length = ReadRecord(std::string_view(plain).substr(at), event);
    if (!length) return Unproven();
    const bool skipped = !header.skipped.empty() && header.skipped[i];
    if (!skipped) batch->events.offsets.push_back(static_cast<std::uint32_t>(at));
    at += *length;
  }
  if (batch->events.size() != header.accepted) return Unproven();
  batch->events.records = std::move(plain);
  if (!header.first_versions.empty() && !GiveVersions(batch->events, header.first_versions)) {
    return Unproven();
  }
  return BatchPtr(std::move(batch));
}

}  // namespace notify::agent::eventlog
