#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace notify::agent::store {

/// The locks and the WAL index of one database file, for the connections of one thread.
/// The states are SQLite's: see "File Locking And Concurrency In SQLite Version 3" and walformat.
///
/// Lifetime: as long as a connection has the file open.
/// Threads:  one.
class FileLocks {
 public:
  /// Identifies a connection's file; compared only.
  using Owner = const void*;
  static constexpr int kShmLocks = 8;

  /// Raises `owner` to SQLITE_LOCK_`level`. False: busy.
  bool Lock(Owner owner, int level);
  /// Lowers `owner` to SQLITE_LOCK_SHARED or SQLITE_LOCK_NONE.
  void Unlock(Owner owner, int level);
  int LevelOf(Owner owner) const;
  /// Whether somebody holds RESERVED or more.
  bool Reserved() const;

  /// Takes the locks `first` to `first` + `count` - 1 of the WAL index, all or none.
  bool ShmLock(Owner owner, int first, int count, bool exclusive);
  void ShmUnlock(Owner owner, int first, int count);

  /// A region of the WAL index; null where it is not there and `extend` is false.
  volatile void* ShmRegion(Owner owner, std::size_t region, std::size_t size, bool extend);
  /// Gives back `owner`'s use of the index; it goes with the last one.
  void ShmUnmap(Owner owner);

 private:
  struct Holder {
    Owner owner;
    int level;
  };
  struct Slot {
    Owner exclusive = nullptr;
    std::vector<Owner> shared;
  };
  Holder& HolderOf(Owner owner);

  std::vector<Holder> holders_;
  std::array<Slot, kShmLocks> slots_;
  std::vector<std::unique_ptr<std::byte[]>> regions_;
  std::vector<Owner> mapped_;
};

}  // namespace notify::agent::store
