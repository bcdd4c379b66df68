#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.hpp"

namespace notify::agent::async {

/// One open file. What is written is safe from a power cut only after Sync() succeeded.
///
/// Lifetime: closed by its destructor.
/// Threads:  one at a time.
class File {
 public:
  virtual ~File() = default;

  /// Bytes read at `offset`, fewer than asked at the end of the file. kInternal on an I/O error.
  virtual Result<std::size_t> ReadAt(std::uint64_t offset, std::span<char> into) = 0;

  /// Writes all of `bytes`. kStorageFull where there is no room, kInternal on another I/O error;
  /// after either, what lies at the place is not known.
  virtual Status WriteAt(std::uint64_t offset, std::string_view bytes) = 0;

  /// Makes all that was written durable (fdatasync). An error is final for this file: it must be
  /// opened again and read from the last proven point, never synced again (USENIX ATC '20).
  virtual Status Sync() = 0;

  virtual Status Truncate(std::uint64_t size) = 0;
  virtual Result<std::uint64_t> Size() = 0;

  /// Reserves room so that later writes below `size` cannot fail for lack of it.
  virtual Status Preallocate(std::uint64_t size) = 0;

  /// Writes at the end.
  Status Append(std::string_view bytes);
};

/// The room of a file system, in bytes.
struct DiskSpace {
  std::uint64_t total = 0;
  std::uint64_t free = 0;  ///< What this process may still write.

  std::uint64_t used() const { return total - free; }
};

/// Folders and names. Modes are 0700 for folders and 0600 for files (contract 1).
///
/// Lifetime: as the process, or the simulation.
/// Threads:  any.
class FileSystem {
 public:
  enum class Mode { kRead, kWrite, kCreate };

  virtual ~FileSystem() = default;

  /// kNotFound where it is not there (kRead, kWrite), kInternal on another error.
  virtual Result<std::unique_ptr<File>> Open(const std::string& path, Mode mode) = 0;
  virtual bool Exists(const std::string& path) = 0;
  /// Makes the folder and those above it; fine where it is there.
  virtual Status MakeFolder(const std::string& path) = 0;
  virtual Status Rename(const std::string& from, const std::string& to) = 0;
  /// Removes a file or a folder with all in it; fine where nothing is there.
  virtual Status Remove(const std::string& path) = 0;
  /// Makes names in a folder durable: created, renamed, removed.
  virtual Status SyncFolder(const std::string& path) = 0;
  /// Names in a folder, in any order, without `.` and `..`.
  virtual Result<std::vector<std::string>> List(const std::string& path) = 0;

  /// The room of the file system that a path is on.
  virtual Result<DiskSpace> Space(const std::string& path) = 0;

  /// The name of the SQLite VFS whose files are these; empty for SQLite's own.
  virtual std::string SqliteVfs() const { return {}; }

  /// The whole file, at most `limit` bytes. kNotFound, or kInvalidArgument where it is larger.
  Result<std::string> ReadAll(const std::string& path, std::uint64_t limit);
  /// Replaces the file by `bytes` so that a power cut leaves the old or the new one whole.
  Status WriteDurably(const std::string& path, std::string_view bytes);
};

}  // namespace notify::agent::async
