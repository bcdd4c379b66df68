#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "agent/async/file.hpp"
#include "common/clock.hpp"
#include "common/random.hpp"

namespace notify::agent::store {

/// An SQLite VFS whose files are those of an async::FileSystem: how databases live on the
/// simulator's disk (FileSystem::SqliteVfs()). It has the device's properties that SQLite assumes
/// on Linux: sectors of 4096 bytes and power-safe overwriting.
///
/// Locks and the shared memory of WAL live in this process, so several connections of one thread
/// see each other and no other process sees any. Nothing sleeps: a busy wait passes at once,
/// because whoever holds the lock is on the same thread. Temporary files without a name are in
/// memory.
///
/// Lifetime: outlives the connections that it opened.
/// Threads:  one.
class FileVfs {
 public:
  /// Registers the VFS as `name`, which no other one has. `files`, `clock` and `random` outlive it.
  FileVfs(std::string name, async::FileSystem& files, const Clock& clock, Random& random);
  ~FileVfs();
  FileVfs(const FileVfs&) = delete;
  FileVfs& operator=(const FileVfs&) = delete;

  /// What sqlite3_open_v2 takes as its VFS.
  const std::string& name() const { return name_; }
  /// Files that connections have open.
  std::size_t open_files() const;

  struct State;

 private:
  const std::string name_;
  std::unique_ptr<State> state_;
};

}  // namespace notify::agent::store
