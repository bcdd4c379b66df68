#include "agent/eventlog/background/key_run_keeper.hpp"

#include <algorithm>
#include <utility>

namespace notify::agent::eventlog {
namespace {

// So many runs of one level become one of the next.
constexpr std::size_t kRunsALevel = 4;
// A run with more keys is not merged any further: merging holds it in memory.
constexpr std::uint64_t kMostMerged = 2'000'000;

/// Sorts, and keeps the first event of each key.
void SortAndKeepFirst(std::vector<KeyEntry>& entries) {
  std::ranges::sort(entries);
  const auto repeated = std::ranges::unique(entries, {}, &KeyEntry::key);
  entries.erase(repeated.begin(), repeated.end());
}

/// The runs, the newest first, that still matter; the others are gone.
std::vector<KeyRunInfo> WithinHorizon(std::vector<KeyRunInfo> runs, std::uint64_t newer,
                                      std::int64_t now_ms, const KeyHorizon& horizon,
                                      std::vector<std::int64_t>& gone) {
  std::ranges::sort(runs, std::ranges::greater{}, [](const KeyRunInfo& run) { return run.first; });
  std::vector<KeyRunInfo> kept;
  for (KeyRunInfo& run : runs) {
    const bool is_old = run.newest_ms < now_ms - horizon.window.count();
    if (is_old || newer >= horizon.max_events) {
      gone.push_back(run.id);
    } else {
      newer += run.keys;
      kept.push_back(std::move(run));
    }
  }
  return kept;
}

}  // namespace

Status KeyRunKeeper::Keep(const std::vector<KeyRunInfo>& there, std::vector<KeyEntry> entries,
                          std::int64_t newest_ms, IndexChange& change) {
  if (entries.empty()) return {};
  KeyRunInfo added;
  added.newest_ms = newest_ms;
  const auto numbers = std::ranges::minmax(entries, {}, &KeyEntry::sequence);
  added.first.value = numbers.min.sequence;
  added.last.value = numbers.max.sequence;
  auto kept = WithinHorizon(there, entries.size(), newest_ms, horizon_, change.runs_gone);
  // From the newest on: what is of the new run's level is merged into it, which may make it one of
  // the next.
  std::size_t taken = 0;
  while (true) {
    std::size_t same = 0;
    std::uint64_t keys = entries.size();
    while (taken + same < kept.size() && kept[taken + same].level == added.level) {
      keys += kept[taken + same++].keys;
    }
    if (same + 1 < kRunsALevel || keys > kMostMerged) break;
    for (; same > 0; --same, ++taken) {
      const auto run = Read(kept[taken]);
      if (!run) return run.error();
      entries.insert(entries.end(), run->begin(), run->end());
      added.first = std::min(added.first, kept[taken].first);
      change.runs_gone.push_back(kept[taken].id);
    }
    ++added.level;
  }
  SortAndKeepFirst(entries);
  const std::string bytes = EncodeKeyRun(entries);
  const auto place = writer_.Append(SegmentWriter::Kind::kKeys, bytes);
  if (!place) return place.error();
  added.keys = entries.size();
  added.segment = place->segment;
  added.offset = place->end;
  added.bytes = bytes.size();
  change.runs.push_back(std::move(added));
  return {};
}

Result<std::vector<KeyEntry>> KeyRunKeeper::Read(const KeyRunInfo& run) {
  auto file = files_.Open(SegmentPath(tenant_, run.segment), async::FileSystem::Mode::kRead);
  if (!file) return file.error();
  std::string bytes(static_cast<std::size_t>(run.bytes), '\0');
  const auto got = (*file)->ReadAt(run.offset, bytes);
  if (!got) return got.error();
  auto entries = DecodeKeyRun(bytes);
  // A damaged run is left behind: its keys are not recognised any more, the events are all there.
  return entries ? std::move(*entries) : std::vector<KeyEntry>();
}

}  // namespace notify::agent::eventlog
