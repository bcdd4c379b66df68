#include "agent/eventlog/background/segment_rewriter.hpp"

#include <algorithm>
#include <utility>

namespace notify::agent::eventlog {
namespace {

// What one step writes: as much as a commit may wait for in the worst case, a few syncs apart.
constexpr std::uint64_t kStepBytes = 4 << 20;
// As the mover merges them.
constexpr std::uint64_t kBlockRecords = 256 << 10;
constexpr std::uint64_t kLargeRecords = 128 << 10;
// A segment is written again where so much of it is dead: one part in this many.
constexpr std::uint64_t kDeadPart = 16;

/// Whether a small block can join those before it.
bool Joins(const std::vector<StoredBlockInfo>& group, const StoredBlockInfo& next) {
  if (next.records_bytes >= kLargeRecords) return false;
  if (group.empty()) return true;
  std::uint64_t bytes = next.records_bytes;
  for (const StoredBlockInfo& block : group) bytes += block.records_bytes;
  return group.back().last.value + 1 == next.first.value && bytes <= kBlockRecords;
}

}  // namespace

bool SegmentRewriter::Part::IsWorthIt() const {
  return bytes > live && (bytes - live) * kDeadPart >= bytes;
}

Status SegmentRewriter::Open() {
  if (index_) return {};
  auto index = SegmentIndex::Open(tenant_, shared_.files.SqliteVfs());
  if (!index) return index.error();
  index_ = std::move(*index);
  return {};
}

Result<std::vector<SegmentRewriter::Part>> SegmentRewriter::Parts() {
  const auto live = index_->LiveSegments();
  if (!live) return live.error();
  std::vector<Part> parts;
  for (const LiveSegment& segment : *live) {
    const auto file =
        shared_.files.Open(SegmentPath(tenant_, segment.segment), async::FileSystem::Mode::kRead);
    if (!file) return file.error();
    const auto size = (*file)->Size();
    if (!size) return size.error();
    parts.push_back(
        {segment.segment, *size,
         segment.bytes + segment.entries * SegmentWriter::kEntryBytes + SegmentWriter::kHeadBytes});
  }
  return parts;
}

Result<CompactionPlan> SegmentRewriter::Plan() {
  if (auto opened = Open(); !opened) return opened.error();
  const auto parts = Parts();
  if (!parts) return parts.error();
  CompactionPlan plan;
  for (const Part& part : *parts) {
    ++plan.segments;
    plan.bytes += part.bytes;
    plan.live_bytes += part.live;
    if (!part.IsWorthIt()) continue;
    ++plan.rewritten_segments;
    plan.rewritten_bytes += part.live;
  }
  std::vector<StoredBlockInfo> group;
  auto looked = index_->From(Sequence{0}, [&](const StoredBlockInfo& block, std::string_view) {
    if (!Joins(group, block)) group.clear();
    if (!Joins(group, block)) return true;
    group.push_back(block);
    // The second counts for the first as well.
    plan.small_blocks += group.size() == 2 ? 2 : group.size() > 2 ? 1 : 0;
    return true;
  });
  if (!looked) return looked.error();
  return plan;
}

async::Task<Status> SegmentRewriter::Step(CompactionCursor& cursor) {
  if (auto opened = Open(); !opened) co_return opened;
  if (auto room = shared_.room(); !room) co_return room;
  const auto begun = shared_.pace.Begin();
  CompactionCursor next = cursor;
  auto done = next.merging ? MergeSmall(next) : RewriteNext(next);
  if (!done) co_return done;
  if (writer_) {
    if (auto synced = writer_->Sync(); !synced) co_return synced;
    change_.newest = writer_->end();
    if (auto applied = index_->Apply(change_); !applied) co_return applied;
  }
  cursor = next;
  auto resting = shared_.pace.Rest(begun);
  co_await std::move(resting);
  co_return Status();
}

Status SegmentRewriter::OpenWriter(CompactionCursor& cursor) {
  if (writer_) return {};
  const auto newest = index_->NewestSegment();
  if (!newest) return newest.error();
  // What is written here is apart from what may be written again.
  const bool fresh = cursor.own_segments_from == 0;
  writer_.emplace(shared_.files, tenant_, *newest, fresh);
  if (fresh) cursor.own_segments_from = writer_->end().segment;
  return {};
}

Status SegmentRewriter::MergeSmall(CompactionCursor& cursor) {
  std::vector<std::vector<Block>> groups(1);
  std::vector<StoredBlockInfo> group;
  std::uint64_t bytes = 0;
  bool more = false;
  Sequence came = cursor.merged_to;
  auto looked =
      index_->From(cursor.merged_to, [&](const StoredBlockInfo& block, std::string_view summary) {
        if (!Joins(group, block)) {
          // Not in the middle of a group: the next step would not find its beginning.
          if (bytes >= kStepBytes) {
            more = true;
            return false;
          }
          group.clear();
          groups.emplace_back();
        }
        came = block.last;
        if (!Joins(group, block)) return true;
        group.push_back(block);
        groups.back().push_back({block, std::string(summary)});
        bytes += block.bytes;
        return true;
      });
  if (!looked) return looked;
  for (const std::vector<Block>& one : groups) {
    if (one.size() < 2) continue;
    if (auto merged = Merge(cursor, one); !merged) return merged;
  }
  cursor.merged_to = came;
  cursor.merging = more;
  return {};
}

Status SegmentRewriter::Merge(CompactionCursor& cursor, const std::vector<Block>& group) {
  std::vector<BatchPtr> batches;
  for (const Block& block : group) {
    const auto bytes = Bytes(block.info.segment, block.info.offset, block.info.bytes);
    if (!bytes) return bytes.error();
    auto opened = shared_.sealer.Open(tenant_, *bytes);
    // A damaged block stays as it is, and so do its neighbours.
    if (!opened || (*opened)->first != block.info.first) return {};
    batches.push_back(std::move(*opened));
  }
  if (auto opened = OpenWriter(cursor); !opened) return opened;
  const BlockSealer::Merged merged = shared_.sealer.Merge(tenant_, batches);
  StoredBlockInfo info = group.front().info;
  info.last = merged.header.last();
  info.last_recorded_ms = group.back().info.last_recorded_ms;
  info.records_bytes = merged.header.records_bytes;
  auto written = Write(info, merged.bytes);
  if (!written) return written.error();
  for (const Block& block : group) change_.merged_away.push_back(block.info.first);
  change_.blocks.push_back(*written);
  change_.summaries.push_back(merged.summary);
  cursor.merged_blocks += group.size();
  return {};
}

Status SegmentRewriter::RewriteNext(CompactionCursor& cursor) {
  const auto parts = Parts();
  if (!parts) return parts.error();
  const auto part = std::ranges::find_if(*parts, [&](const Part& candidate) {
    const bool own = cursor.own_segments_from != 0 && candidate.segment >= cursor.own_segments_from;
    return !own && (candidate.IsWorthIt() || candidate.segment == cursor.rewriting);
  });
  if (part == parts->end()) {
    cursor.is_done = true;
    return {};
  }
  cursor.rewriting = part->segment;
  std::vector<Block> blocks;
  std::uint64_t bytes = 0;
  auto looked =
      index_->In(part->segment, [&](const StoredBlockInfo& block, std::string_view summary) {
        blocks.push_back({block, std::string(summary)});
        bytes += block.bytes;
        return bytes < kStepBytes;
      });
  if (!looked) return looked;
  if (auto opened = OpenWriter(cursor); !opened) return opened;
  for (const Block& block : blocks) {
    if (auto moved = MoveBlock(cursor, block); !moved) return moved;
  }
  // With the last of its blocks.
  return bytes < kStepBytes ? MoveRuns(cursor, part->segment) : Status();
}

Status SegmentRewriter::MoveBlock(CompactionCursor& cursor, const Block& block) {
  // As it is, damaged or not: what can be read of it now can be read of it later.
  const auto bytes = Bytes(block.info.segment, block.info.offset, block.info.bytes);
  if (!bytes) return bytes.error();
  const auto written = Write(block.info, *bytes);
  if (!written) return written.error();
  change_.merged_away.push_back(block.info.first);
  change_.blocks.push_back(*written);
  change_.summaries.push_back(block.summary);
  cursor.rewritten_bytes += bytes->size();
  return {};
}

Status SegmentRewriter::MoveRuns(CompactionCursor& cursor, std::int64_t segment) {
  const auto runs = index_->Runs();
  if (!runs) return runs.error();
  for (KeyRunInfo run : *runs) {
    if (run.segment != segment) continue;
    const auto bytes = Bytes(segment, run.offset, run.bytes);
    if (!bytes) return bytes.error();
    const auto place = writer_->Append(SegmentWriter::Kind::kKeys, *bytes);
    if (!place) return place.error();
    change_.runs_gone.push_back(run.id);
    run.segment = place->segment;
    run.offset = place->end;
    change_.runs.push_back(run);
    cursor.rewritten_bytes += bytes->size();
  }
  return {};
}

Result<std::string> SegmentRewriter::Bytes(std::int64_t segment, std::uint64_t offset,
                                           std::uint64_t size) {
  const auto file =
      shared_.files.Open(SegmentPath(tenant_, segment), async::FileSystem::Mode::kRead);
  if (!file) return file.error();
  std::string bytes(static_cast<std::size_t>(size), '\0');
  const auto got = (*file)->ReadAt(offset, bytes);
  if (!got) return got.error();
  bytes.resize(*got);
  return bytes;
}

Result<StoredBlockInfo> SegmentRewriter::Write(StoredBlockInfo info, std::string_view bytes) {
  const auto place = writer_->Append(SegmentWriter::Kind::kBlock, bytes);
  if (!place) return place.error();
  if (writer_->dirty() >= kMostDirty) {
    if (auto synced = writer_->Sync(); !synced) return synced.error();
  }
  info.segment = place->segment;
  info.offset = place->end;
  info.bytes = bytes.size();
  return info;
}

}  // namespace notify::agent::eventlog
