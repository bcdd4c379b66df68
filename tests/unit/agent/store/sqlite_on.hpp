#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <string>

#include "tests/support/sim/sim_disk.hpp"

namespace notify::agent::store {

/// A connection to a database on a simulated disk. Closed by its destructor.
class SqliteOn {
 public:
  /// `journal_mode` is set where it is not empty. With DELETE the journal's removal is synced, too
  /// (synchronous=EXTRA), because FULL promises no durability there.
  SqliteOn(testing_support::sim::SimDisk& disk, const std::string& path,
           const std::string& journal_mode = {}, const std::string& synchronous = {}) {
    const std::string vfs = disk.SqliteVfs();
    opened_ = sqlite3_open_v2(path.c_str(), &handle_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                              vfs.c_str());
    const std::string safe = journal_mode == "DELETE" ? "EXTRA" : "FULL";
    Do("PRAGMA synchronous=" + (synchronous.empty() ? safe : synchronous));
    if (!journal_mode.empty()) Ask("PRAGMA journal_mode=" + journal_mode);
  }
  ~SqliteOn() { sqlite3_close(handle_); }
  SqliteOn(const SqliteOn&) = delete;
  SqliteOn& operator=(const SqliteOn&) = delete;

  sqlite3* handle() { return handle_; }
  /// The primary result code.
  int Do(const std::string& sql) {
    if (opened_ != SQLITE_OK) return opened_;
    return sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) & 0xff;
  }
  void Must(const std::string& sql) { EXPECT_EQ(Do(sql), SQLITE_OK) << sqlite3_errmsg(handle_); }
  /// The last column of the last row; the error where it fails.
  std::string Ask(const std::string& sql) {
    std::string answer;
    const auto take = [](void* into, int columns, char** values, char**) {
      const char* last = values[columns - 1];
      *static_cast<std::string*>(into) = last != nullptr ? last : "NULL";
      return 0;
    };
    if (sqlite3_exec(handle_, sql.c_str(), take, &answer, nullptr) == SQLITE_OK) return answer;
    return sqlite3_errmsg(handle_);
  }

 private:
  sqlite3* handle_ = nullptr;
  int opened_ = SQLITE_ERROR;
};

}  // namespace notify::agent::store
