#include "agent/store/file_vfs.hpp"

#include <sqlite3.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <map>
#include <new>
#include <utility>

#include "agent/store/file_vfs_methods.hpp"

namespace notify::agent::store {
namespace {

constexpr int kMaxPath = 1024;

FileVfs::State& Of(sqlite3_vfs* vfs) { return *static_cast<FileVfs::State*>(vfs->pAppData); }

bool MakesJournal(int flags) {
  return (flags & SQLITE_OPEN_CREATE) != 0 &&
         (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL)) != 0;
}

/// What the system's VFS takes for a file that is there: not an empty one.
bool HoldsBytes(async::FileSystem& files, const std::string& path) {
  const auto file = files.Open(path, async::FileSystem::Mode::kRead);
  if (!file) return false;
  const auto size = (*file)->Size();
  return size && *size > 0;
}

int Open(sqlite3_vfs* vfs, const char* name, sqlite3_file* into, int flags, int* flags_out) {
  FileVfs::State& state = Of(vfs);
  into->pMethods = nullptr;
  auto open = std::make_unique<OpenFile>(state);
  if (name == nullptr) {
    open->file = MakeMemoryFile();
  } else {
    using Mode = async::FileSystem::Mode;
    open->path = name;
    const bool there = state.files.Exists(open->path);
    if (there && (flags & SQLITE_OPEN_EXCLUSIVE) != 0) return SQLITE_CANTOPEN;
    Mode mode = (flags & SQLITE_OPEN_READWRITE) != 0 ? Mode::kWrite : Mode::kRead;
    if ((flags & SQLITE_OPEN_CREATE) != 0) mode = Mode::kCreate;
    auto file = state.files.Open(open->path, mode);
    if (!file) return file.error().code == Errc::kStorageFull ? SQLITE_FULL : SQLITE_CANTOPEN;
    open->file = std::move(*file);
    open->delete_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    // As the system's VFS does: a journal that may be new counts only once its name is durable,
    // whoever made the file.
    open->name_unsynced = MakesJournal(flags);
    if ((flags & SQLITE_OPEN_MAIN_DB) != 0) open->locks = state.LocksOf(open->path);
  }
  ++state.open_files;
  auto* file = reinterpret_cast<SqliteFile*>(into);
  file->open = open.release();
  file->base.pMethods = FileMethods();
  if (flags_out != nullptr) *flags_out = flags;
  return SQLITE_OK;
}

int Delete(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  async::FileSystem& files = Of(vfs).files;
  if (!files.Exists(name)) return SQLITE_IOERR_DELETE_NOENT;
  if (!files.Remove(name)) return SQLITE_IOERR_DELETE;
  if (sync_folder != 0 && !files.SyncFolder(FolderOf(name))) return SQLITE_IOERR_DIR_FSYNC;
  return SQLITE_OK;
}

int Access(sqlite3_vfs* vfs, const char* name, int flags, int* out) {
  async::FileSystem& files = Of(vfs).files;
  *out = (flags == SQLITE_ACCESS_EXISTS ? HoldsBytes(files, name) : files.Exists(name)) ? 1 : 0;
  return SQLITE_OK;
}

int FullPathname(sqlite3_vfs*, const char* name, int size, char* out) {
  const std::string path = std::filesystem::path(name).lexically_normal().string();
  if (path.size() >= static_cast<std::size_t>(size)) return SQLITE_CANTOPEN;
  std::memcpy(out, path.c_str(), path.size() + 1);
  return SQLITE_OK;
}

int Randomness(sqlite3_vfs* vfs, int size, char* out) {
  Of(vfs).random.Fill(std::as_writable_bytes(std::span(out, static_cast<std::size_t>(size))));
  return size;
}

int Sleep(sqlite3_vfs*, int microseconds) { return microseconds; }

int CurrentTimeInt64(sqlite3_vfs* vfs, sqlite3_int64* out) {
  constexpr sqlite3_int64 kUnixEpoch = 210866760000000;  // In milliseconds of Julian days.
  const auto since = Of(vfs).clock.WallNow().time_since_epoch();
  *out = kUnixEpoch + std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
  return SQLITE_OK;
}

int CurrentTime(sqlite3_vfs* vfs, double* out) {
  sqlite3_int64 milliseconds = 0;
  CurrentTimeInt64(vfs, &milliseconds);
  *out = static_cast<double>(milliseconds) / 86400000.0;
  return SQLITE_OK;
}

int GetLastError(sqlite3_vfs*, int, char*) { return 0; }

sqlite3_vfs Describe(const std::string& name, FileVfs::State* state) {
  sqlite3_vfs vfs{};
  vfs.iVersion = 2;
  vfs.szOsFile = sizeof(SqliteFile);
  vfs.mxPathname = kMaxPath;
  vfs.zName = name.c_str();
  vfs.pAppData = state;
  vfs.xOpen = Open;
  vfs.xDelete = Delete;
  vfs.xAccess = Access;
  vfs.xFullPathname = FullPathname;
  vfs.xRandomness = Randomness;
  vfs.xSleep = Sleep;
  vfs.xCurrentTime = CurrentTime;
  vfs.xGetLastError = GetLastError;
  vfs.xCurrentTimeInt64 = CurrentTimeInt64;
  return vfs;
}

}  // namespace

std::shared_ptr<FileLocks> FileVfs::State::LocksOf(const std::string& path) {
  auto& known = locks[path];
  auto found = known.lock();
  if (!found) {
    found = std::make_shared<FileLocks>();
    known = found;
  }
  return found;
}

FileVfs::FileVfs(std::string name, async::FileSystem& files, const Clock& clock, Random& random)
    : name_(std::move(name)), state_(std::make_unique<State>(files, clock, random)) {
  state_->vfs = Describe(name_, state_.get());
  sqlite3_vfs_register(&state_->vfs, 0);
}

FileVfs::~FileVfs() { sqlite3_vfs_unregister(&state_->vfs); }

std::size_t FileVfs::open_files() const { return state_->open_files; }

}  // namespace notify::agent::store
