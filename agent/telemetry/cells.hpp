#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace notify::agent::telemetry {

class Cells;

/// The index of a cell in every shard.
using CellIndex = std::uint32_t;

inline constexpr std::size_t kChunkCells = 512;
inline constexpr std::size_t kMaxChunks = 640;
inline constexpr std::size_t kMaxCells = kChunkCells * kMaxChunks;

namespace internal {

using Cell = std::atomic<std::uint64_t>;
using Chunk = std::array<Cell, kChunkCells>;

/// One thread's copy of all cells, in chunks that come when first written and never move.
/// Threads: written by the thread that holds it, read by any; the shared one is written by any.
/// Lifetime: that of its Cells.
class alignas(64) Shard {
 public:
  explicit Shard(const Cells& owner) : owner_(&owner) {}
  ~Shard();
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  const Cells* owner() const { return owner_; }
  /// `index < kMaxCells`. Makes the chunk where it is not there yet.
  Cell* At(CellIndex index) {
    Chunk* chunk = chunks_[index / kChunkCells].load(std::memory_order_acquire);
    if (chunk == nullptr) [[unlikely]]
      chunk = MakeChunk(index / kChunkCells);
    return &(*chunk)[index % kChunkCells];
  }
  std::uint64_t Read(CellIndex index) const;
  /// Whether the caller is now the one thread that writes here.
  bool Claim() { return !held_.exchange(true, std::memory_order_acquire); }
  void Release() { held_.store(false, std::memory_order_release); }

 private:
  Chunk* MakeChunk(std::size_t number);

  const Cells* owner_;
  std::atomic<bool> held_{false};
  std::array<std::atomic<Chunk*>, kMaxChunks> chunks_{};
};

/// The shard that this thread holds. A thread's own, so it is no shared state; constinit, so that
/// reading it is one instruction.
inline constinit thread_local Shard* current_shard = nullptr;

}  // namespace internal

/// 64-bit sums, numbered from 0, each spread over the threads that add to it. A thread with a
/// ThreadShard adds with a plain load and store of its own memory (1 to 2 ns); one without adds
/// atomically to a shard that all such threads share: slower, as exact.
/// Threads: any.
/// Lifetime: outlives every ThreadShard made for it and every handle to its cells.
class Cells {
 public:
  Cells();
  ~Cells();
  Cells(const Cells&) = delete;
  Cells& operator=(const Cells&) = delete;

  /// `count` neighbouring cells at 0, 1 to kChunkCells of them. The caller keeps the total within
  /// kMaxCells (families.hpp bounds it; checked when compiled).
  CellIndex Allocate(std::size_t count);

  /// Adds to one cell. A negative number is added as its two's complement.
  void Add(CellIndex index, std::uint64_t number) {
    internal::Shard* shard = internal::current_shard;
    if (shard != nullptr && shard->owner() == this) [[likely]] {
      AddOwn(shard->At(index), number);
    } else {
      AddShared(index, number);
    }
  }

  /// Adds `number` to `first + sum` and 1 to `first + bucket`, both from one Allocate.
  void Observe(CellIndex first, std::size_t bucket, std::size_t sum, std::uint64_t number) {
    internal::Shard* shard = internal::current_shard;
    if (shard != nullptr && shard->owner() == this) [[likely]] {
      internal::Cell* cells = shard->At(first);
      AddOwn(cells + bucket, 1);
      AddOwn(cells + sum, number);
    } else {
      AddShared(first + static_cast<CellIndex>(bucket), 1);
      AddShared(first + static_cast<CellIndex>(sum), number);
    }
  }

  /// The sum over all shards; what is being added meanwhile may or may not be in it.
  std::uint64_t Read(CellIndex index) const;

 private:
  friend class ThreadShard;
  static constexpr std::size_t kMaxShards = 64;

  // Its thread is the only writer, so that load and store lose nothing and need no lock prefix.
  static void AddOwn(internal::Cell* cell, std::uint64_t number) {
    cell->store(cell->load(std::memory_order_relaxed) + number, std::memory_order_relaxed);
  }
  void AddShared(CellIndex index, std::uint64_t number);
  /// A shard for the calling thread, or nullptr where all are held.
  internal::Shard* Claim();

  std::atomic<std::size_t> allocated_{0};
  std::unique_ptr<internal::Shard> shared_;
  std::array<std::atomic<internal::Shard*>, kMaxShards> shards_{};
};

/// Gives the constructing thread a shard of its own until it is destroyed; what the thread counted
/// stays counted. With more than 64 at once a thread shares, as if it had none. They nest: the
/// inner one counts for its Cells, then the outer one's again.
/// Threads: constructed and destroyed on the one thread that it serves, first in, last out.
/// Lifetime: within that of the Cells.
class ThreadShard {
 public:
  explicit ThreadShard(Cells& cells);
  ~ThreadShard();
  ThreadShard(const ThreadShard&) = delete;
  ThreadShard& operator=(const ThreadShard&) = delete;

 private:
  internal::Shard* mine_;
  internal::Shard* before_;
};

}  // namespace notify::agent::telemetry
