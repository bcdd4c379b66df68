#include "agent/store/database.hpp"

#include <SQLiteCpp/Database.h>
#include <sqlite3.h>

#include <map>
#include <utility>

namespace notify::agent::store {
namespace {

// Pages that a write-ahead log may hold: while it is open before they are copied to the file, and
// once it is closed. The latter are read again by whoever opens the file.
constexpr int kLoggedPages = 4000;
constexpr int kKeptPages = 32;

Error Failed(sqlite3* handle, int code) {
  Errc errc = Errc::kInternal;
  if ((code & 0xFF) == SQLITE_FULL) errc = Errc::kStorageFull;
  if ((code & 0xFF) == SQLITE_CONSTRAINT) errc = Errc::kConflict;
  if ((code & 0xFF) == SQLITE_CANTOPEN) errc = Errc::kUnavailable;
  return Fail(errc, std::string("Database: ") + sqlite3_errmsg(handle) + " (" +
                        std::to_string(sqlite3_extended_errcode(handle)) + ").");
}

void Bind(sqlite3_stmt* statement, int index, const Parameter& parameter) {
  struct Binder {
    sqlite3_stmt* s;
    int i;
    void operator()(std::nullptr_t) const { sqlite3_bind_null(s, i); }
    void operator()(std::int64_t v) const { sqlite3_bind_int64(s, i, v); }
    void operator()(double v) const { sqlite3_bind_double(s, i, v); }
    void operator()(std::string_view v) const {
      sqlite3_bind_text64(s, i, v.data() == nullptr ? "" : v.data(), v.size(), SQLITE_STATIC,
                          SQLITE_UTF8);
    }
    void operator()(Blob v) const {
      sqlite3_bind_blob64(s, i, v.bytes.data() == nullptr ? "" : v.bytes.data(), v.bytes.size(),
                          SQLITE_STATIC);
    }
  };
  std::visit(Binder{statement, index}, parameter);
}

}  // namespace

std::int64_t Row::Integer(int column) const { return sqlite3_column_int64(statement_, column); }
std::string Row::Text(int column) const { return std::string(Bytes(column)); }
bool Row::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}
std::string_view Row::Bytes(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return {static_cast<const char*>(bytes), bytes == nullptr ? 0 : size};
}

/// Prepared statements by their text. A statement that is running (a query inside a query) is not
/// handed out again: the second one is prepared for itself.
class Database::Statements {
 public:
  explicit Statements(sqlite3* handle) : handle_(handle) {}
  ~Statements() {
    for (auto& [sql, statement] : idle_) sqlite3_finalize(statement);
  }

  sqlite3_stmt* Take(std::string_view sql) {
    if (auto node = idle_.extract(std::string(sql))) return node.mapped();
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                       &statement, nullptr);
    return statement;
  }

  void GiveBack(std::string_view sql, sqlite3_stmt* statement) {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    if (!idle_.emplace(std::string(sql), statement).second) sqlite3_finalize(statement);
  }

 private:
  sqlite3* handle_;
  std::map<std::string, sqlite3_stmt*, std::less<>> idle_;
};

Database::Database(std::unique_ptr<SQLite::Database> handle)
    : handle_(std::move(handle)), statements_(std::make_unique<Statements>(handle_->getHandle())) {}

Database::~Database() {
  statements_.reset();
  // The last to close a file copies its write-ahead log, which syncs twice, and deletes it, and the
  // next one makes it again: three syncs more than a small write needs, of a tenant that is opened
  // for nothing else. Where a sync failed, the next one to open the log would take for committed
  // what is not on disk; so whoever failed leaves none, nor who only read and cannot know.
  if (committed_ && !checkpoints_at_close_) {
    sqlite3_db_config(handle_->getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  }
}

Result<std::unique_ptr<Database>> Database::Open(const std::string& path, Options options) {
  std::unique_ptr<SQLite::Database> handle;
  try {
    const int flags =
        options.read_only ? SQLite::OPEN_READONLY : SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE;
    handle =
        std::make_unique<SQLite::Database>(path, flags | SQLITE_OPEN_NOMUTEX, 5000, options.vfs);
  } catch (const std::exception& failure) {
    return Fail(Errc::kUnavailable, "Cannot open " + path + ": " + failure.what() + ".");
  }
  std::unique_ptr<Database> database(new Database(std::move(handle)));
  std::string pragmas = "PRAGMA cache_size=-" + std::to_string(options.cache_kib) +
                        "; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;";
  if (!options.read_only) {
    pragmas += " PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;";
  }
  sqlite3* const raw = database->handle_->getHandle();
  if (const int code = sqlite3_exec(raw, pragmas.c_str(), nullptr, nullptr, nullptr);
      code != SQLITE_OK) {
    Error error = Failed(raw, code);
    error.detail = "Cannot open " + path + ". " + error.detail;
    return error;
  }
  sqlite3_wal_hook(raw, &Database::Logged, database.get());
  return database;
}

int Database::Logged(void* database, sqlite3* handle, const char* schema, int pages) {
  auto& self = *static_cast<Database*>(database);
  self.committed_ = true;
  if (pages > kKeptPages) self.checkpoints_at_close_ = true;
  if (pages >= kLoggedPages) {
    // What cannot be copied now stays in the log, and is copied after a later commit.
    sqlite3_wal_checkpoint_v2(handle, schema, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  }
  return SQLITE_OK;
}

Status Database::Migrate(std::span<const std::string_view> schema) {
  const auto version = Number("PRAGMA user_version");
  if (!version) return version.error();
  return RunSteps(schema, static_cast<std::size_t>(version->value_or(0)), [](std::size_t version) {
    return "PRAGMA user_version=" + std::to_string(version);
  });
}

Status Database::Migrate(const StageSchema& schema) {
  auto made =
      Run("CREATE TABLE IF NOT EXISTS schema_versions(stage TEXT PRIMARY KEY, version INTEGER NOT "
          "NULL)");
  if (!made) return made.error();
  const auto version = Number("SELECT version FROM schema_versions WHERE stage=?", {schema.stage});
  if (!version) return version.error();
  return RunSteps(schema.steps, static_cast<std::size_t>(version->value_or(0)),
                  [&](std::size_t version) {
                    return "INSERT INTO schema_versions VALUES('" + std::string(schema.stage) +
                           "'," + std::to_string(version) +
                           ") ON CONFLICT(stage) DO UPDATE SET version=excluded.version";
                  });
}

Status Database::RunSteps(std::span<const std::string_view> steps, std::size_t done,
                          const std::function<std::string(std::size_t)>& count) {
  if (done > steps.size()) {
    return Fail(Errc::kUnavailable,
                "The file was written by a newer agent (format " + std::to_string(done) +
                    ", this one knows " + std::to_string(steps.size()) + ").",
                "Start an agent of that version.");
  }
  for (std::size_t step = done; step < steps.size(); ++step) {
    checkpoints_at_close_ = true;  // What a file is, is in the file.
    auto applied = Transaction([&]() -> Status {
      const std::string sql = std::string(steps[step]) + "; " + count(step + 1);
      sqlite3* const raw = handle_->getHandle();
      const int code = sqlite3_exec(raw, sql.c_str(), nullptr, nullptr, nullptr);
      if (code != SQLITE_OK) return Failed(raw, code);
      return {};
    });
    if (!applied) return applied;
  }
  return {};
}

Result<std::int64_t> Database::Run(std::string_view sql,
                                   std::initializer_list<Parameter> parameters) {
  auto done = Query(sql, parameters, [](const Row&) { return true; });
  if (!done) return done.error();
  return static_cast<std::int64_t>(sqlite3_changes64(handle_->getHandle()));
}

Status Database::Query(std::string_view sql, std::initializer_list<Parameter> parameters,
                       const std::function<bool(const Row&)>& row) {
  sqlite3* const raw = handle_->getHandle();
  sqlite3_stmt* const statement = statements_->Take(sql);
  if (statement == nullptr) return Failed(raw, sqlite3_errcode(raw));
  int index = 0;
  for (const Parameter& parameter : parameters) Bind(statement, ++index, parameter);
  int code = SQLITE_OK;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
    if (!row(Row(statement))) {
      code = SQLITE_DONE;
      break;
    }
  }
  Status status;
  if (code != SQLITE_DONE) {
    status = Failed(raw, code);
    checkpoints_at_close_ = true;
  }
  statements_->GiveBack(sql, statement);
  return status;
}

Result<std::optional<std::int64_t>> Database::Number(std::string_view sql,
                                                     std::initializer_list<Parameter> parameters) {
  std::optional<std::int64_t> number;
  auto done = Query(sql, parameters, [&number](const Row& row) {
    if (!row.IsNull(0)) number = row.Integer(0);
    return false;
  });
  if (!done) return done.error();
  return number;
}

Status Database::Transaction(const std::function<Status()>& work) {
  if (auto begun = Run("BEGIN IMMEDIATE"); !begun) return begun.error();
  Status status = work();
  if (status) {
    if (auto committed = Run("COMMIT"); !committed) status = committed.error();
  }
  if (!status && sqlite3_get_autocommit(handle_->getHandle()) == 0) {
    static_cast<void>(Run("ROLLBACK"));
  }
  return status;
}

Status Database::MakeDurable() {
  // Syncs the write-ahead log before it copies it. An update that changes nothing would write
  // nothing, and so sync nothing.
  return Query("PRAGMA wal_checkpoint(PASSIVE)", {}, [](const Row&) { return true; });
}

std::int64_t Database::last_insert_id() const {
  return sqlite3_last_insert_rowid(handle_->getHandle());
}

}  // namespace notify::agent::store
