#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace SQLite {
class Database;
}

namespace notify::agent::store {

/// Bytes that are bound or read as a blob.
struct Blob {
  std::string_view bytes;
};

/// What a statement can be given.
using Parameter = std::variant<std::nullptr_t, std::int64_t, double, std::string_view, Blob>;

/// One row of a result, valid until the next row.
///
/// Threads:  its database's.
class Row {
 public:
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
  std::int64_t Integer(int column) const;
  std::string Text(int column) const;
  /// The bytes where they lie; valid until the next row.
  std::string_view Bytes(int column) const;
  bool IsNull(int column) const;

 private:
  sqlite3_stmt* statement_;
};

/// The tables of one stage in a file that several stages share. Steps are only ever added at the
/// end; tables are named after the stage (`audit_records`), so that none meets another's.
struct StageSchema {
  std::string_view stage;                   ///< The folder's name: `audit`, `trigger`.
  std::span<const std::string_view> steps;  ///< Each runs once, in a transaction.
};

/// One SQLite file: WAL, synchronous=FULL, foreign keys, a cache of prepared statements. Every
/// failure is a Result: kStorageFull where there is no room, kConflict where a constraint refused
/// the row, kInternal otherwise.
///
/// Lifetime: closes the file in its destructor.
/// Threads:  one at a time.
class Database {
 public:
  struct Options {
    std::string vfs;         ///< A registered VFS; empty: SQLite's own.
    bool read_only = false;  ///< The file must be there.
    int cache_kib = 256;     ///< Pages that may stay in memory.
  };

  /// Opens or creates the file.
  static Result<std::unique_ptr<Database>> Open(const std::string& path, Options options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Runs `schema` steps not yet applied, each in a transaction, counted in `user_version`. A file
  /// with more steps than are known was written by a newer agent: kUnavailable, and nothing is
  /// changed. Steps are only ever added at the end.
  Status Migrate(std::span<const std::string_view> schema);

  /// The same for one stage of several, counted in the table `schema_versions`.
  Status Migrate(const StageSchema& schema);

  /// Runs one statement without a result. Returns the rows changed.
  Result<std::int64_t> Run(std::string_view sql, std::initializer_list<Parameter> parameters = {});

  /// Runs one statement and calls `row` for each row of the result until it returns false.
  Status Query(std::string_view sql, std::initializer_list<Parameter> parameters,
               const std::function<bool(const Row&)>& row);

  /// The first column of the first row, as a number; nothing where there is no row.
  Result<std::optional<std::int64_t>> Number(std::string_view sql,
                                             std::initializer_list<Parameter> parameters = {});

  /// Runs `work` between BEGIN IMMEDIATE and COMMIT; rolls back where it fails.
  Status Transaction(const std::function<Status()>& work);

  /// Makes durable what can be read now. A transaction of this process is, once it is committed;
  /// one of a process before it, which was killed between its write and its sync, need not be, and
  /// a power cut would still take it back. Before anything is destroyed that rests on it.
  Status MakeDurable();

  std::int64_t last_insert_id() const;

 private:
  class Statements;
  explicit Database(std::unique_ptr<SQLite::Database> handle);
  Status RunSteps(std::span<const std::string_view> steps, std::size_t done,
                  const std::function<std::string(std::size_t)>& count);

  /// SQLite's hook after each commit: how many pages the write-ahead log has.
  static int Logged(void* database, sqlite3* handle, const char* schema, int pages);

  std::unique_ptr<SQLite::Database> handle_;
  std::unique_ptr<Statements> statements_;
  bool committed_ = false;
  bool checkpoints_at_close_ = false;  ///< Otherwise the log stays for the next one.
};

}  // namespace notify::agent::store
