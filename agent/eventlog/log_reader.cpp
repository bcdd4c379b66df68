#include "agent/eventlog/log_reader.hpp"

#include <algorithm>
#include <utility>

#include "common/log.hpp"

namespace notify::agent::eventlog {
namespace {

/// Goes on to a block; false where the page ends before it, because a hole is told at the beginning
/// of a page.
bool Advance(LogReader::Found& found, Sequence after, Sequence first) {
  if (first.value <= found.covered.value + 1) return true;
  if (found.covered != after) return false;
  found.hole_before = found.covered = Sequence{first.value - 1};
  return true;
}

void Add(LogReader::Found& found, BatchPtr batch) {
  found.covered = batch->last();
  found.batches.push_back(std::move(batch));
}

}  // namespace

BatchPtr DecodedBlocks::Find(const TenantHandle& tenant, Sequence first, Sequence last) {
  const auto found = by_key_.find(Key(tenant.id(), tenant.record().epoch, first, last));
  if (found == by_key_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  found->second->round = round_;
  return found->second->batch;
}

void DecodedBlocks::Keep(const TenantHandle& tenant, const BatchPtr& batch) {
  const std::size_t bytes = batch->events.records.size();
  if (bytes > max_bytes_) return;
  Key key(tenant.id(), tenant.record().epoch, batch->first, batch->last());
  if (by_key_.contains(key)) return;
  entries_.push_front({key, batch, round_});
  by_key_.emplace(std::move(key), entries_.begin());
  bytes_ += bytes;
  while (bytes_ > max_bytes_) Drop(std::prev(entries_.end()));
}

void DecodedBlocks::Drop(std::list<Entry>::iterator entry) {
  bytes_ -= entry->batch->events.records.size();
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

void DecodedBlocks::Forget(const TenantId& tenant) {
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto next = std::next(entry);
    if (std::get<0>(entry->key) == tenant) Drop(entry);
    entry = next;
  }
}

void DecodedBlocks::DropIdle() {
  while (!entries_.empty() && entries_.back().round < round_) Drop(std::prev(entries_.end()));
  ++round_;
}

void DecodedBlocks::Clear() {
  entries_.clear();
  by_key_.clear();
  bytes_ = 0;
}

LogReader::LogReader(async::FileSystem& files, Random& random, std::size_t max_open,
                     std::size_t cache_bytes)
    : journal_(files), stored_(files, max_open), sealer_(random), cache_(cache_bytes) {}

BatchPtr LogReader::Open(const TenantHandle& tenant, Sequence first, Sequence last,
                         std::string_view bytes) {
  auto opened = sealer_.Open(tenant, bytes);
  if (!opened || (*opened)->first != first || (*opened)->last() != last) return nullptr;
  cache_.Keep(tenant, *opened);
  return std::move(*opened);
}

Result<LogReader::Found> LogReader::ReadStored(const TenantHandle& tenant, Sequence after,
                                               std::size_t max_bytes, const WantedEvents& wanted) {
  StoredLog::Wanted by_summary;
  if (!wanted.types.empty()) {
    by_summary.types = HashTypePatterns(sealer_.HashKeyOf(tenant), wanted.types);
  }
  if (!wanted.stream.empty()) by_summary.stream = sealer_.StreamKeyOf(tenant, wanted.stream);
  auto blocks = stored_.Read(tenant, after, max_bytes, by_summary);
  if (!blocks) return blocks.error();
  Found found;
  found.covered = after;
  const auto last = read_to_.find(tenant.id());
  found.is_scan = last != read_to_.end() && last->second == after;
  if (!blocks->empty()) read_to_.insert_or_assign(tenant.id(), blocks->back().info.last);
  for (const RawBlock& block : *blocks) {
    if (block.skipped) {
      if (!Advance(found, after, block.info.first)) return found;
      found.covered = block.info.last;
      continue;
    }
    BatchPtr batch = cache_.Find(tenant, block.info.first, block.info.last);
    if (!batch) batch = Open(tenant, block.info.first, block.info.last, block.bytes);
    if (!batch) {
      log::Error("Events {First} to {Last} of {TenantId} are damaged on disk",
                 {{"First", block.info.first.value},
                  {"Last", block.info.last.value},
                  {"TenantId", tenant.id().text()}});
      continue;
    }
    if (!Advance(found, after, block.info.first)) return found;
    Add(found, std::move(batch));
  }
  // All that was read is damaged: the page is the hole.
  if (!blocks->empty() && found.covered == after) {
    found.hole_before = found.covered = blocks->back().info.last;
  }
  if (found.hole_before) {
    const auto extent = stored_.Extent(tenant);
    if (!extent) return extent.error();
    found.is_front = found.hole_before->value < extent->first.value;
  }
  return found;
}

void LogReader::ReadAhead(const TenantHandle& tenant, Sequence after, std::size_t max_bytes,
                          const WantedEvents& wanted) {
  // What goes wrong here goes wrong again, and is told, when it is asked for.
  static_cast<void>(ReadStored(tenant, after, max_bytes, wanted));
  read_to_.insert_or_assign(tenant.id(), after);
}

Result<LogReader::Found> LogReader::ReadJournal(const TenantHandle& tenant, Sequence after,
                                                const JournaledBlocks& blocks, bool is_sure) {
  Found found;
  found.covered = after;
  for (const JournaledBlock& place : blocks.blocks) {
    BatchPtr batch = cache_.Find(tenant, place.first, place.last);
    if (!batch) {
      const auto read = journal_.Read(blocks.base, place.place);
      if (!read) return read.error();
      batch = Open(tenant, place.first, place.last, read->block());
    }
    if (!batch && !is_sure) {
      found.stale = found.batches.empty();
      return found;
    }
    if (!batch) continue;
    if (!Advance(found, after, place.first)) return found;
    Add(found, std::move(batch));
  }
  if (!blocks.blocks.empty() && found.covered == after) {
    found.hole_before = found.covered = blocks.blocks.back().last;
  }
  return found;
}

std::optional<FoundEvent> LogReader::NewestIn(const BatchPtr& batch, std::string_view id,
                                              std::string_view source, Sequence below) const {
  for (std::size_t i = batch->events.size(); i-- > 0;) {
    if (batch->first.value + i >= below.value) continue;
    const auto identity = ReadRecordIdentity(batch->events.Record(i));
    if (identity && identity->id == id && (source.empty() || identity->source == source)) {
      return FoundEvent{batch, i};
    }
  }
  return std::nullopt;
}

Result<std::optional<FoundEvent>> LogReader::Find(const TenantHandle& tenant, std::string_view id,
                                                  std::string_view source,
                                                  const JournaledBlocks& journal) {
  const std::uint64_t key = sealer_.IdKey(tenant, id);
  Sequence below{UINT64_MAX >> 1};
  for (auto place = journal.blocks.rbegin(); place != journal.blocks.rend(); ++place) {
    const auto read = journal_.Read(journal.base, place->place);
    if (!read) return read.error();
    const auto summary = BlockSummary::Decode(read->summary());
    if (summary && !summary->MayHoldId(key)) continue;
    const BatchPtr batch = Open(tenant, place->first, place->last, read->block());
    if (!batch) continue;
    if (auto found = NewestIn(batch, id, source, below)) return std::optional(std::move(*found));
  }
  while (true) {
    const auto block = stored_.NewestWithId(tenant, key, below);
    if (!block) return block.error();
    if (!*block) return std::optional<FoundEvent>();
    const StoredBlockInfo& info = (*block)->info;
    BatchPtr batch = cache_.Find(tenant, info.first, info.last);
    if (!batch) batch = Open(tenant, info.first, info.last, (*block)->bytes);
    if (batch) {
      if (auto found = NewestIn(batch, id, source, below)) return std::optional(std::move(*found));
    }
    below = info.first;
  }
}

Result<Sequence> LogReader::Before(const TenantHandle& tenant, std::int64_t recorded_ms,
                                   const JournaledBlocks& journal, Sequence last) {
  const auto block = stored_.FirstAt(tenant, recorded_ms);
  if (!block) return block.error();
  if (*block) {
    const StoredBlockInfo& info = (*block)->info;
    const BatchPtr batch = Open(tenant, info.first, info.last, (*block)->bytes);
    Sequence before{info.first.value - 1};
    for (std::size_t i = 0; batch && i < batch->events.size(); ++i) {
      if (batch->RecordedMs(i) >= recorded_ms) break;
      ++before.value;
    }
    return before;
  }
  // One commit has one time, and the journal holds a block for each.
  for (const JournaledBlock& place : journal.blocks) {
    if (place.recorded_ms >= recorded_ms) return Sequence{place.first.value - 1};
  }
  return last;
}

void LogReader::Forget(const TenantId& tenant) {
  stored_.Close(tenant);
  cache_.Forget(tenant);
  read_to_.erase(tenant);
}

void LogReader::CloseAll() {
  journal_.CloseAll();
  stored_.CloseAll();
  cache_.Clear();
  read_to_.clear();
}

void LogReader::CloseIdle() {
  journal_.CloseAll();
  stored_.CloseAll();
  cache_.DropIdle();
  read_to_.clear();
}

}  // namespace notify::agent::eventlog
