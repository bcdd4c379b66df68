#include "agent/store/database_copy.hpp"

#include <sqlite3.h>

#include <utility>

namespace notify::agent::store {
namespace {

sqlite3* OpenHandle(const std::string& path, int flags, const std::string& vfs) {
  sqlite3* handle = nullptr;
  sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX,
                  vfs.empty() ? nullptr : vfs.c_str());
  if (handle != nullptr) sqlite3_busy_timeout(handle, 5000);
  return handle;
}

}  // namespace

void DatabaseCopy::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
void DatabaseCopy::Finish::operator()(sqlite3_backup* copy) const { sqlite3_backup_finish(copy); }

DatabaseCopy::~DatabaseCopy() = default;

Error DatabaseCopy::Failed(sqlite3* handle) const {
  const int code = sqlite3_errcode(handle) & 0xFF;
  const Errc errc = code == SQLITE_FULL       ? Errc::kStorageFull
                    : code == SQLITE_CANTOPEN ? Errc::kNotFound
                                              : Errc::kInternal;
  return Fail(errc, "Cannot copy to " + target_path_ + ": " + sqlite3_errmsg(handle) + ".");
}

Result<std::unique_ptr<DatabaseCopy>> DatabaseCopy::Begin(const std::string& source,
                                                          const std::string& target,
                                                          const std::string& vfs) {
  std::unique_ptr<DatabaseCopy> copy(new DatabaseCopy(target));
  copy->source_.reset(OpenHandle(source, SQLITE_OPEN_READWRITE, vfs));
  // The read transaction holds the moment: a copy between two commits of others would begin again.
  if (sqlite3_exec(copy->source_.get(), "BEGIN; SELECT count(*) FROM sqlite_schema", nullptr,
                   nullptr, nullptr) != SQLITE_OK) {
    return copy->Failed(copy->source_.get());
  }
  copy->target_.reset(OpenHandle(target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs));
  if (sqlite3_exec(copy->target_.get(), "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", nullptr,
                   nullptr, nullptr) != SQLITE_OK) {
    return copy->Failed(copy->target_.get());
  }
  copy->copy_.reset(sqlite3_backup_init(copy->target_.get(), "main", copy->source_.get(), "main"));
  if (!copy->copy_) return copy->Failed(copy->target_.get());
  return copy;
}

Result<bool> DatabaseCopy::Step(int pages) {
  if (!copy_) return true;
  const int code = sqlite3_backup_step(copy_.get(), pages);
  if (code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED) return false;
  copy_.reset();
  if (code != SQLITE_DONE) return Failed(target_.get());
  target_.reset();
  source_.reset();
  return true;
}

}  // namespace notify::agent::store
