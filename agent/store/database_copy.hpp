#pragma once

#include <memory>
#include <string>

#include "common/result.hpp"

struct sqlite3;
struct sqlite3_backup;

namespace notify::agent::store {

/// A copy of a SQLite file as it was at one moment, made in steps while others read and write it.
///
/// Lifetime: the moment is held until its destructor; meanwhile the file's write-ahead log grows.
/// Threads:  one at a time, which may be another than those that use the file.
class DatabaseCopy {
 public:
  /// Begins a copy of `source` as it is now. `target` is made, or replaced; it is nobody's database
  /// yet, so it is written without syncs. kNotFound where there is no `source`.
  static Result<std::unique_ptr<DatabaseCopy>> Begin(const std::string& source,
                                                     const std::string& target,
                                                     const std::string& vfs);
  ~DatabaseCopy();
  DatabaseCopy(const DatabaseCopy&) = delete;
  DatabaseCopy& operator=(const DatabaseCopy&) = delete;

  /// Copies at most so many pages more; true once the copy is whole and closed.
  /// kStorageFull, kInternal.
  Result<bool> Step(int pages);

  const std::string& target() const { return target_path_; }

 private:
  explicit DatabaseCopy(std::string target) : target_path_(std::move(target)) {}
  Error Failed(sqlite3* handle) const;

  struct Close {
    void operator()(sqlite3* handle) const;
  };
  struct Finish {
    void operator()(sqlite3_backup* copy) const;
  };
  const std::string target_path_;
  std::unique_ptr<sqlite3, Close> source_;
  std::unique_ptr<sqlite3, Close> target_;
  std::unique_ptr<sqlite3_backup, Finish> copy_;  // Goes before what it is between.
};

}  // namespace notify::agent::store
