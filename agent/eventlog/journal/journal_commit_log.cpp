#include "agent/eventlog/journal/journal_commit_log.hpp"

#include <algorithm>
#include <utility>

#include "agent/eventlog/blocks/block.hpp"
#include "common/log.hpp"

namespace notify::agent::eventlog {

JournalCommitLog::JournalCommitLog(async::FileSystem& files, Journal::Options journal,
                                   std::size_t max_open, OnFull on_full)
    : base_(journal.base),
      max_open_(max_open),
      on_full_(std::move(on_full)),
      journal_(files, std::move(journal)),
      reader_(files),
      stored_(files, max_open_) {}

Status JournalCommitLog::Recover(const FindTenant& find) {
  std::map<std::string, std::optional<TenantHandle>, std::less<>> tenants;
  const auto take = [&](const FramedBlock& framed, const BlockPlace& place) {
    const auto block = DecodeBlock(framed.block);
    if (!block) return;  // The frame was damaged here; the hole is told to whoever reads it.
    auto known = tenants.find(framed.tenant);
    if (known == tenants.end() || !known->second ||
        known->second->record().epoch != block->header.epoch) {
      // A name may have had two lives within one journal.
      auto found = find(framed.tenant, block->header.epoch);
      if (!found) return;
      known = tenants.insert_or_assign(std::string(framed.tenant), std::move(found)).first;
    }
    Add(*known->second,
        {block->header.first, block->header.last(), block->header.recorded_ms, place});
  };
  const auto damaged = journal_.Open(take);
  if (!damaged) return damaged.error();
  if (*damaged > 0) {
    log::Error("The journal {Journal} is damaged in {Count} places; the rest of it is used",
               {{"Journal", base_}, {"Count", *damaged}});
  }
  NoteFill();
  TellFull();
  return {};
}

void JournalCommitLog::Add(const TenantHandle& tenant, JournaledBlock block) {
  auto& blocks = unmoved_.try_emplace(tenant.id(), Unmoved{tenant, {}}).first->second.blocks;
  blocks.push_back(block);
}

const std::deque<JournaledBlock>* JournalCommitLog::BlocksOf(const TenantHandle& tenant) const {
  const auto found = unmoved_.find(tenant.id());
  if (found == unmoved_.end()) return nullptr;
  if (found->second.tenant.record().epoch != tenant.record().epoch) return nullptr;
  return &found->second.blocks;
}

Result<LogExtent> JournalCommitLog::Open(const TenantHandle& tenant) {
  const auto stored = stored_.Extent(tenant);
  if (!stored) return stored.error();
  LogExtent extent{stored->first, stored->last, stored->bytes, stored->last_recorded_ms,
                   stored->keys};
  const auto found = unmoved_.find(tenant.id());
  if (found == unmoved_.end()) return extent;
  for (const JournaledBlock& block : found->second.blocks) {
    // A run that ended between moving a generation and saying so left it in both places. It stays
    // in this one until it is moved again: what the index says may not be durable yet.
    if (block.last <= extent.last) continue;
    if (extent.first > extent.last) extent.first = std::min(extent.first, block.first);
    extent.last = block.last;
    extent.last_recorded_ms = std::max(extent.last_recorded_ms, block.recorded_ms);
    extent.bytes += block.place.block_bytes;
  }
  return extent;
}

Status JournalCommitLog::MakeRoom(std::size_t bytes) {
  Status made = journal_.MakeRoom(bytes);
  TellFull();
  return made;
}

void JournalCommitLog::TellFull() {
  const auto full = journal_.full();
  if (!full || told_full_ == full) return;
  told_full_ = full;
  FullGeneration generation{base_, *full, {}};
  for (const auto& [id, unmoved] : unmoved_) {
    FullGeneration::Tenant tenant{unmoved.tenant, {}};
    for (const JournaledBlock& block : unmoved.blocks) {
      if (block.place.generation == *full) tenant.blocks.push_back(block);
    }
    if (!tenant.blocks.empty()) generation.tenants.push_back(std::move(tenant));
  }
  on_full_(std::move(generation));
}

std::vector<CommitOutcome> JournalCommitLog::Commit(std::span<const BlockToCommit> blocks,
                                                    std::vector<Error>& why) {
  why.assign(blocks.size(), Error{});
  std::vector<CommitOutcome> outcomes(blocks.size(), CommitOutcome::kDurable);
  if (blocks.empty()) return outcomes;
  std::vector<FramedBlock> framed;
  framed.reserve(blocks.size());
  for (const BlockToCommit& block : blocks) {
    framed.push_back({block.tenant.id().text(), block.bytes, block.keys, block.summary});
  }
  const auto places = journal_.Commit(framed);
  NoteFill();
  if (!places) {
    outcomes.assign(blocks.size(), CommitOutcome::kUnknown);
    why.assign(blocks.size(), places.error());
    return outcomes;
  }
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const BlockToCommit& block = blocks[i];
    Add(block.tenant, {block.first, block.last, block.recorded_ms, (*places)[i]});
  }
  return outcomes;
}

void JournalCommitLog::NoteFill() {
  fill_percent_.store(static_cast<unsigned>(journal_.used() * 100 / journal_.capacity()),
                      std::memory_order_relaxed);
}

Status JournalCommitLog::RecentKeys(const TenantHandle& tenant, const OnKeys& each) {
  const auto* blocks = BlocksOf(tenant);
  if (blocks == nullptr) return {};
  for (const JournaledBlock& block : *blocks) {
    if (block.place.keys_bytes == 0) continue;
    const auto read = reader_.Read(base_, block.place);
    if (!read) return read.error();
    each(block.place.generation, block.first, read->keys());
  }
  return {};
}

Result<std::vector<std::unique_ptr<KeyRun>>> JournalCommitLog::KeyRuns(const TenantHandle& tenant) {
  return stored_.Runs(tenant);
}

Result<std::string> JournalCommitLog::BlockWith(const TenantHandle& tenant, Sequence sequence) {
  const auto journaled = After(tenant, Sequence{sequence.value - 1}, 1);
  if (journaled && !journaled->blocks.empty()) {
    auto read = reader_.Read(base_, journaled->blocks.front().place);
    if (!read) return read.error();
    return std::string(read->block());
  }
  auto stored = stored_.Read(tenant, Sequence{sequence.value - 1}, 1);
  if (!stored) return stored.error();
  if (stored->empty() || stored->front().info.first > sequence) {
    return Fail(Errc::kNotFound, "The event is not in the log any more.");
  }
  return std::move(stored->front().bytes);
}

std::optional<JournaledBlocks> JournalCommitLog::After(const TenantHandle& tenant, Sequence after,
                                                       std::size_t max_bytes) const {
  JournaledBlocks found{base_, {}};
  const auto* blocks = BlocksOf(tenant);
  if (blocks == nullptr || blocks->empty() || blocks->front().first.value > after.value + 1) {
    return std::nullopt;
  }
  auto next = std::ranges::partition_point(
      *blocks, [after](const JournaledBlock& block) { return block.last <= after; });
  for (std::size_t bytes = 0; next != blocks->end() && bytes < max_bytes; ++next) {
    found.blocks.push_back(*next);
    bytes += next->place.block_bytes;
  }
  return found;
}

std::optional<Sequence> JournalCommitLog::First(const TenantHandle& tenant) const {
  const auto* blocks = BlocksOf(tenant);
  if (blocks == nullptr || blocks->empty()) return std::nullopt;
  return blocks->front().first;
}

std::uint64_t JournalCommitLog::BytesBehind(const TenantHandle& tenant, Sequence after) const {
  std::uint64_t bytes = 0;
  const auto* blocks = BlocksOf(tenant);
  if (blocks == nullptr) return bytes;
  for (auto block = blocks->rbegin(); block != blocks->rend() && block->last > after; ++block) {
    bytes += block->place.block_bytes;
  }
  return bytes;
}

JournaledBlocks JournalCommitLog::All(const TenantHandle& tenant) const {
  const auto* blocks = BlocksOf(tenant);
  if (blocks == nullptr) return {base_, {}};
  return {base_, {blocks->begin(), blocks->end()}};
}

void JournalCommitLog::EndGeneration() {
  journal_.EndGeneration();
  TellFull();
  NoteFill();
}

void JournalCommitLog::Release(std::uint64_t generation) {
  for (auto unmoved = unmoved_.begin(); unmoved != unmoved_.end();) {
    std::deque<JournaledBlock>& blocks = unmoved->second.blocks;
    while (!blocks.empty() && blocks.front().place.generation <= generation) blocks.pop_front();
    unmoved = blocks.empty() ? unmoved_.erase(unmoved) : std::next(unmoved);
  }
  journal_.Release(generation);
}

void JournalCommitLog::Forget(const TenantId& tenant) {
  unmoved_.erase(tenant);
  stored_.Close(tenant);
}

void JournalCommitLog::CloseFiles() {
  stored_.CloseAll();
  reader_.CloseAll();
}

}  // namespace notify::agent::eventlog
