#include "agent/eventlog/retention/retention_round.hpp"

#include <utility>

#include "agent/eventlog/retention/dead_segments.hpp"

namespace notify::agent::eventlog {
namespace {

// Blocks that one look removes: what waits behind it has its turn soon.
constexpr std::uint64_t kMostBlocks = 2000;
// Rows that go in one transaction: as much as a piece of moving writes.
constexpr std::uint64_t kBlocksAPiece = 256;

}  // namespace

async::Task<Result<RetentionReport>> RetentionRound::Look() {
  auto index = SegmentIndex::Open(tenant_, shared_.files.SqliteVfs());
  if (!index) co_return index.error();
  index_ = std::move(*index);
  auto cut = Cut({});
  if (!cut) co_return cut.error();
  if (cut->removed_events() > 0) {
    auto asking = AskHolders();
    const auto held = co_await std::move(asking);
    if (!held) co_return held.error();
    cut = Cut(*held);
    if (!cut) co_return cut.error();
  }
  if (cut->removed_events() > 0) {
    auto removing = Remove(cut->first());
    if (auto removed = co_await std::move(removing); !removed) co_return removed.error();
  }
  const auto freed = RemoveDeadSegments(shared_.files, tenant_, *index_);
  if (!freed) co_return freed.error();
  co_return Report(*cut);
}

Result<RetentionCut> RetentionRound::Cut(const std::vector<HeldEvents>& held) {
  const auto extent = index_->Extent();
  if (!extent) return extent.error();
  RetentionCut cut(limits_, now_ms_, tenant_.record().epoch, *extent);
  cut.Hold(held);
  std::uint64_t taken = 0;
  auto looked = index_->From(Sequence{0}, [&](const StoredBlockInfo& block, std::string_view) {
    return taken++ < kMostBlocks && cut.Take(block);
  });
  if (!looked) return looked.error();
  return cut;
}

async::Task<Result<std::vector<HeldEvents>>> RetentionRound::AskHolders() {
  std::vector<HeldEvents> all;
  for (RetentionHold* hold : shared_.holds) {
    auto asking = hold->HeldBy(tenant_);
    auto held = co_await std::move(asking);
    if (!held) co_return held.error();
    for (HeldEvents& one : *held) all.push_back(std::move(one));
  }
  co_return all;
}

async::Task<Status> RetentionRound::Remove(Sequence first) {
  // Before the rows go, so that nobody who is told that the log begins earlier finds a hole.
  auto telling = shared_.begins_at(tenant_, first);
  co_await std::move(telling);
  while (true) {
    const auto begun = shared_.pace.Begin();
    const auto removed = index_->RemoveBefore(first, kBlocksAPiece);
    if (!removed) co_return removed.error();
    if (*removed < kBlocksAPiece) co_return Status();
    auto resting = shared_.pace.Rest(begun);
    co_await std::move(resting);
  }
}

Result<RetentionReport> RetentionRound::Report(const RetentionCut& cut) {
  RetentionReport report;
  const auto extent = index_->Extent();
  if (!extent) return extent.error();
  report.extent = *extent;
  auto looked = index_->From(Sequence{0}, [&](const StoredBlockInfo& block, std::string_view) {
    report.front = block;
    return false;
  });
  if (!looked) return looked.error();
  report.removed_events = cut.removed_events();
  report.removed_bytes = cut.removed_bytes();
  report.held_by = cut.held_by();
  return report;
}

}  // namespace notify::agent::eventlog
