#pragma once

#include <sqlite3.h>

#include <map>
#include <memory>
#include <string>

#include "agent/store/file_locks.hpp"
#include "agent/store/file_vfs.hpp"

namespace notify::agent::store {

/// What the functions of one registered VFS share.
struct FileVfs::State {
  State(async::FileSystem& f, const Clock& c, Random& r) : files(f), clock(c), random(r) {}

  /// The locks of a database; they go with the last connection.
  std::shared_ptr<FileLocks> LocksOf(const std::string& path);

  async::FileSystem& files;
  const Clock& clock;
  Random& random;
  sqlite3_vfs vfs{};
  std::map<std::string, std::weak_ptr<FileLocks>> locks;
  std::size_t open_files = 0;
};

/// A file that a connection has open.
struct OpenFile {
  explicit OpenFile(FileVfs::State& state) : vfs(state) {}

  FileVfs::State& vfs;
  std::unique_ptr<async::File> file;
  std::shared_ptr<FileLocks> locks;  // Shared by the connections to one database.
  std::string path;
  bool delete_on_close = false;
  bool name_unsynced = false;
};

/// SQLite's file object: it allocates these bytes itself.
struct SqliteFile {
  sqlite3_file base;
  OpenFile* open;
};

/// The functions of an open file.
const sqlite3_io_methods* FileMethods();

/// A file that is gone when it is closed.
std::unique_ptr<async::File> MakeMemoryFile();

/// The folder that holds a path's last name.
std::string FolderOf(const std::string& path);

}  // namespace notify::agent::store
