#include "agent/telemetry/cells.hpp"

#include <cassert>

namespace notify::agent::telemetry {
namespace internal {

Shard::~Shard() {
  for (auto& chunk : chunks_) delete chunk.load(std::memory_order_relaxed);
}

std::uint64_t Shard::Read(CellIndex index) const {
  const Chunk* chunk = chunks_[index / kChunkCells].load(std::memory_order_acquire);
  return chunk == nullptr ? 0 : (*chunk)[index % kChunkCells].load(std::memory_order_relaxed);
}

Chunk* Shard::MakeChunk(std::size_t number) {
  auto fresh = std::make_unique<Chunk>();
  Chunk* found = nullptr;
  // In the shared shard another thread may have been faster: then its chunk counts.
  if (chunks_[number].compare_exchange_strong(found, fresh.get(), std::memory_order_acq_rel)) {
    found = fresh.release();
  }
  return found;
}

}  // namespace internal

Cells::Cells() : shared_(std::make_unique<internal::Shard>(*this)) {}

Cells::~Cells() {
  for (auto& shard : shards_) delete shard.load(std::memory_order_relaxed);
}

CellIndex Cells::Allocate(std::size_t count) {
  assert(count >= 1 && count <= kChunkCells);
  std::size_t before = allocated_.load(std::memory_order_relaxed);
  std::size_t first = 0;
  do {
    // Neighbours stay within a chunk, so that one look-up finds them all.
    const std::size_t left = kChunkCells - before % kChunkCells;
    first = left < count ? before + left : before;
  } while (!allocated_.compare_exchange_weak(before, first + count, std::memory_order_relaxed));
  assert(first + count <= kMaxCells);
  return static_cast<CellIndex>(first);
}

void Cells::AddShared(CellIndex index, std::uint64_t number) {
  shared_->At(index)->fetch_add(number, std::memory_order_relaxed);
}

std::uint64_t Cells::Read(CellIndex index) const {
  std::uint64_t sum = shared_->Read(index);
  for (const auto& slot : shards_) {
    const internal::Shard* shard = slot.load(std::memory_order_acquire);
    if (shard == nullptr) break;
    sum += shard->Read(index);
  }
  return sum;
}

internal::Shard* Cells::Claim() {
  for (auto& slot : shards_) {
    internal::Shard* shard = slot.load(std::memory_order_acquire);
    if (shard == nullptr) {
      auto fresh = std::make_unique<internal::Shard>(*this);
      if (slot.compare_exchange_strong(shard, fresh.get(), std::memory_order_acq_rel)) {
        shard = fresh.release();
      }
    }
    if (shard->Claim()) return shard;
  }
  return nullptr;
}

ThreadShard::ThreadShard(Cells& cells) : mine_(cells.Claim()), before_(internal::current_shard) {
  internal::current_shard = mine_;
}

ThreadShard::~ThreadShard() {
  internal::current_shard = before_;
  if (mine_ != nullptr) mine_->Release();
}

}  // namespace notify::agent::telemetry
