#include "agent/eventlog/block_sealer.hpp"

#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "agent/eventlog/siphash.hpp"
#include "agent/store/aead.hpp"
#include "common/encoding.hpp"

namespace notify::agent::eventlog {
namespace {

constexpr int kZstdLevel = -1;  // 35 % of the size at half the time of level 1.
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
std::uint64_t DuplicateKey(const std::array<std::uint64_t, 2>& secret,
                           const RecordIdentity& identity, std::string& name) {
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
    std::memcpy(duplicate_key.data(), key.data(), sizeof duplicate_key);
  }

  store::Aead aead;
  std::array<std::uint64_t, 2> duplicate_key{};
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

SealedBatch BlockSealer::Seal(const TenantHandle& tenant, EventBatch events,
                              const std::vector<bool>& has_caller_id) {
  SealedBatch batch;
  batch.tenant_ = tenant.id();
  batch.header_.total = static_cast<std::uint32_t>(events.size());
  batch.header_.key_id = tenant.record().key_id;
  batch.header_.records_bytes = static_cast<std::uint32_t>(events.records.size());

  std::string compressed;
  std::string_view plain = events.records;
  if (plain.size() >= kWorthCompressing) {
    if (!compressor_) compressor_.reset(ZSTD_createCCtx());
    compressed.resize(ZSTD_compressBound(plain.size()));
    const std::size_t size =
        ZSTD_compressCCtx(compressor_.get(), compressed.data(), compressed.size(), plain.data(),
                          plain.size(), kZstdLevel);
    if (ZSTD_isError(size) == 0 && size < plain.size()) {
      plain = std::string_view(compressed).substr(0, size);
      batch.header_.compressed = true;
    }
  }
  TenantCipher& cipher = CipherOf(tenant);
  cipher.aead.Seal(random_, PayloadContext(tenant), plain, batch.payload_);

  const bool any_keyed = std::ranges::find(has_caller_id, true) != has_caller_id.end();
  if (any_keyed) batch.keys_.resize(events.size());
  batch.ids_.resize(events.size());
  std::string name;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto identity = ReadRecordIdentity(events.Record(i));
    if (!identity) continue;
    batch.ids_[i] = SipHash(cipher.duplicate_key, identity->id);
    if (has_caller_id[i]) batch.keys_[i] = DuplicateKey(cipher.duplicate_key, *identity, name);
  }
  batch.events_ = std::move(events);
  return batch;
}

std::string BlockSealer::SealHeader(const TenantHandle& tenant, std::string_view header_bytes,
                                    std::string_view payload) {
  std::string seal;
  CipherOf(tenant).aead.Seal(random_, HeaderContext(tenant, header_bytes, payload), {}, seal);
  return seal;
}

std::uint64_t BlockSealer::IdKey(const TenantHandle& tenant, std::string_view id) {
  return SipHash(CipherOf(tenant).duplicate_key, id);
}

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
  batch->epoch = header.epoch;
  batch->first = header.first;
  batch->recorded_ms = header.recorded_ms;
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
  return BatchPtr(std::move(batch));
}

}  // namespace notify::agent::eventlog
