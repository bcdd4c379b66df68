#include "agent/eventlog/background/tenant_mover.hpp"

#include <algorithm>
#include <utility>

#include "agent/eventlog/blocks/block_keys.hpp"

namespace notify::agent::eventlog {
namespace {

// What a merged block holds of records; a reader opens a block as a whole.
constexpr std::size_t kBlockRecords = 256 << 10;
// A block with so much is not worth merging.
constexpr std::size_t kLargeRecords = 128 << 10;

}  // namespace

async::Task<Result<StoredExtent>> TenantMover::Move(const std::string& base,
                                                    const std::vector<JournaledBlock>& blocks) {
  if (auto begun = Begin(); !begun) co_return begun.error();
  piece_begun_ = shared_.pace.Begin();
  for (const JournaledBlock& block : blocks) {
    if (block.last > stored_last_) coming_bytes_ += block.place.block_bytes;
  }
  for (const JournaledBlock& block : blocks) {
    if (block.last <= stored_last_) continue;
    const auto read = shared_.journal.Read(base, block.place);
    if (!read) co_return read.error();
    if (auto taken = Take(block, *read); !taken) co_return taken.error();
    if (auto synced = co_await SyncIfDirty(kMostDirty); !synced) co_return synced.error();
  }
  if (auto flushed = FlushMerged(); !flushed) co_return flushed.error();
  if (auto stored = StoreKeys(); !stored) co_return stored.error();
  if (auto synced = co_await SyncIfDirty(1); !synced) co_return synced.error();
  if (!change_.blocks.empty() || !change_.runs.empty()) {
    change_.newest = writer_->end();
    if (auto applied = index_->Apply(change_); !applied) co_return applied.error();
  } else if (auto durable = index_->MakeDurable(); !durable) {
    // The index has all of it from a process before; the journal is used again after this.
    co_return durable.error();
  }
  co_return index_->Extent();
}

Status TenantMover::Begin() {
  if (auto room = shared_.room(); !room) return room;
  auto index = SegmentIndex::Open(tenant_, shared_.files.SqliteVfs());
  if (!index) return index.error();
  index_ = std::move(*index);
  const auto extent = index_->Extent();
  if (!extent) return extent.error();
  stored_last_ = extent->last;
  const auto newest = index_->NewestSegment();
  if (!newest) return newest.error();
  writer_.emplace(shared_.files, tenant_, *newest, fresh_);
  return {};
}

Status TenantMover::Take(const JournaledBlock& place, const JournalBytes& read) {
  const auto block = DecodeBlock(read.block());
  if (!block) return {};  // Damaged in the journal: a hole that readers are told of.
  const BlockHeader& header = block->header;
  newest_ms_ = std::max(newest_ms_, header.recorded_ms);
  const std::string_view streams =
      ForEachKey(read.keys(), [&](std::uint32_t index, std::uint64_t key) {
        keys_.push_back({key, place.first.value + index});
      });
  ForEachStream(streams, place.first, [&](const StreamKey& stream, const StreamHead& head) {
    change_.streams[stream] = head;
  });
  const bool is_large = header.records_bytes >= kLargeRecords;
  if (!small_.empty() && (is_large || small_bytes_ + header.records_bytes > kBlockRecords ||
                          small_.back()->last().value + 1 != header.first.value)) {
    if (auto flushed = FlushMerged(); !flushed) return flushed;
  }
  if (is_large) return Store(header, read.block(), read.summary());
  if (small_.empty() && change_.blocks.empty() && header.first.value == stored_last_.value + 1) {
    if (auto taken = TakeStoredTail(); !taken) return taken;
  }
  auto opened = shared_.sealer.Open(tenant_, read.block());
  if (!opened) return {};  // As above.
  small_bytes_ += header.records_bytes;
  small_.push_back(std::move(*opened));
  return {};
}

Status TenantMover::TakeStoredTail() {
  std::optional<StoredBlockInfo> tail;
  auto looked = index_->DownFrom(Sequence{stored_last_.value + 1},
                                 [&](const StoredBlockInfo& info, std::string_view) {
                                   tail = info;
                                   return false;
                                 });
  if (!looked) return looked;
  // Merging only what is no larger than what comes, each event is written again a few times at
  // most: once for each doubling.
  if (!tail || tail->last != stored_last_ || tail->bytes > coming_bytes_ ||
      tail->records_bytes >= kLargeRecords) {
    return {};
  }
  auto file =
      shared_.files.Open(SegmentPath(tenant_, tail->segment), async::FileSystem::Mode::kRead);
  if (!file) return file.error();
  std::string bytes(static_cast<std::size_t>(tail->bytes), '\0');
  const auto got = (*file)->ReadAt(tail->offset, bytes);
  if (!got) return got.error();
  auto opened = shared_.sealer.Open(tenant_, bytes);
  if (!opened) return {};  // A damaged block stays as it is.
  small_bytes_ = tail->records_bytes;
  small_.push_back(std::move(*opened));
  change_.merged_away.push_back(tail->first);
  return {};
}

Status TenantMover::FlushMerged() {
  if (small_.empty()) return {};
  const BlockSealer::Merged merged = shared_.sealer.Merge(tenant_, small_);
  small_.clear();
  small_bytes_ = 0;
  return Store(merged.header, merged.bytes, merged.summary);
}

Status TenantMover::Store(const BlockHeader& header, std::string_view bytes,
                          std::string_view summary) {
  const auto place = writer_->Append(SegmentWriter::Kind::kBlock, bytes);
  if (!place) return place.error();
  const std::int64_t last_ms =
      header.later.empty() ? header.recorded_ms : header.later.back().recorded_ms;
  change_.blocks.push_back({header.first, header.last(), header.recorded_ms, last_ms,
                            header.records_bytes, place->segment, place->end, bytes.size()});
  change_.summaries.emplace_back(summary);
  return {};
}

Status TenantMover::StoreKeys() {
  const auto runs = index_->Runs();
  if (!runs) return runs.error();
  KeyRunKeeper keeper(shared_.files, tenant_, *writer_, shared_.horizon);
  return keeper.Keep(*runs, std::move(keys_), newest_ms_, change_);
}

async::Task<Status> TenantMover::SyncIfDirty(std::uint64_t most) {
  if (writer_->dirty() < most) co_return Status();
  if (auto room = shared_.room(); !room) co_return room;
  if (auto synced = writer_->Sync(); !synced) co_return synced;
  auto resting = shared_.pace.Rest(piece_begun_);
  co_await std::move(resting);
  piece_begun_ = shared_.pace.Begin();
  co_return Status();
}

}  // namespace notify::agent::eventlog
