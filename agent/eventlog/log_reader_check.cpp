// The part of LogReader that looks at a log as a whole.
#include <algorithm>
#include <utility>

#include "agent/eventlog/log_reader.hpp"

namespace notify::agent::eventlog {
namespace {

constexpr std::size_t kBytesATurn = 8 << 20;

/// Counts a block that was proven, or notes that it is damaged.
void Note(LogCheck& check, Sequence first, Sequence last, std::size_t bytes, bool whole) {
  ++check.blocks;
  check.bytes += bytes;
  if (whole) {
    check.events += last.value - first.value + 1;
  } else {
    check.damaged.push_back({first, last});
  }
}

/// Notes the events that are missing in front of a block.
void NoteHole(LogCheck& check, Sequence after, Sequence first) {
  if (after.value > 0 && first.value > after.value + 1) {
    check.damaged.push_back({Sequence{after.value + 1}, Sequence{first.value - 1}});
  }
}

}  // namespace

Result<LogStat> LogReader::Stat(const TenantHandle& tenant, const JournaledBlocks& journal) {
  const auto extent = stored_.Extent(tenant);
  if (!extent) return extent.error();
  const auto counts = stored_.Count(tenant);
  if (!counts) return counts.error();
  const auto runs = stored_.RunInfos(tenant);
  if (!runs) return runs.error();
  LogStat stat;
  stat.epoch = tenant.record().epoch;
  stat.first = extent->first;
  stat.last = extent->last;
  stat.first_recorded_ms = extent->first_recorded_ms;
  stat.last_recorded_ms = extent->last_recorded_ms;
  stat.stored_blocks = counts->blocks;
  stat.segments = counts->segments;
  stat.stored_bytes = extent->bytes;
  stat.key_runs = runs->size();
  for (const KeyRunInfo& run : *runs) stat.keys += run.keys;
  for (const JournaledBlock& block : journal.blocks) {
    if (block.last <= extent->last) continue;
    ++stat.journal_blocks;
    stat.journal_bytes += block.place.block_bytes;
    if (stat.first > stat.last) {
      stat.first = block.first;
      stat.first_recorded_ms = block.recorded_ms;
    }
    stat.last = block.last;
    stat.last_recorded_ms = block.recorded_ms;
  }
  return stat;
}

Result<Sequence> LogReader::CheckStored(const TenantHandle& tenant, Sequence after,
                                        LogCheck& check) {
  const auto blocks = stored_.Read(tenant, after, kBytesATurn);
  if (!blocks) return blocks.error();
  for (const RawBlock& block : *blocks) {
    if (block.info.first.value > after.value + 1) {
      // What retention has removed meanwhile is no hole.
      const auto extent = stored_.Extent(tenant);
      if (!extent) return extent.error();
      after.value = std::max(after.value, extent->first.value - 1);
    }
    NoteHole(check, after, block.info.first);
    const auto opened = sealer_.Open(tenant, block.bytes);
    const bool whole = opened.has_value() && (*opened)->first == block.info.first &&
                       (*opened)->last() == block.info.last;
    Note(check, block.info.first, block.info.last, block.bytes.size(), whole);
    after = block.info.last;
  }
  return after;
}

Result<Sequence> LogReader::CheckJournal(const TenantHandle& tenant, Sequence after,
                                         const JournaledBlocks& journal, LogCheck& check) {
  for (const JournaledBlock& block : journal.blocks) {
    if (block.last <= after) continue;
    const auto read = journal_.Read(journal.base, block.place);
    if (!read) return read.error();
    const auto opened = sealer_.Open(tenant, read->block());
    // Moved and used again while the segments were looked at: it is checked there next time.
    const bool moved =
        !opened && stored_.Extent(tenant).value_or(StoredExtent{}).last >= block.last;
    if (moved) continue;
    NoteHole(check, after, block.first);
    Note(check, block.first, block.last, read->block().size(), opened.has_value());
    after = block.last;
  }
  return after;
}

Status LogReader::CheckKeyRuns(const TenantHandle& tenant, LogCheck& check) {
  const auto runs = stored_.RunInfos(tenant);
  if (!runs) return runs.error();
  for (const KeyRunInfo& run : *runs) {
    const auto whole = stored_.IsWhole(tenant, run);
    if (!whole) return whole.error();
    check.damaged_key_runs += *whole ? 0 : 1;
  }
  return {};
}

}  // namespace notify::agent::eventlog
