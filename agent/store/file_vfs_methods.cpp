#include "agent/store/file_vfs_methods.hpp"

#include <algorithm>
#include <cstring>

namespace notify::agent::store {
namespace {

constexpr int kSector = 4096;

OpenFile& Of(sqlite3_file* file) { return *reinterpret_cast<SqliteFile*>(file)->open; }

int CodeOf(const Status& done, int otherwise) {
  if (done) return SQLITE_OK;
  return done.error().code == Errc::kStorageFull ? SQLITE_FULL : otherwise;
}

int Close(sqlite3_file* file) {
  const std::unique_ptr<OpenFile> open(
      std::exchange(reinterpret_cast<SqliteFile*>(file)->open, nullptr));
  if (open->locks) {
    open->locks->Unlock(open.get(), SQLITE_LOCK_NONE);
    open->locks->ShmUnmap(open.get());
  }
  open->file.reset();
  if (open->delete_on_close) static_cast<void>(open->vfs.files.Remove(open->path));
  --open->vfs.open_files;
  return SQLITE_OK;
}

int Read(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
  const std::span<char> bytes(static_cast<char*>(into), static_cast<std::size_t>(size));
  const auto got = Of(file).file->ReadAt(static_cast<std::uint64_t>(offset), bytes);
  if (!got) return SQLITE_IOERR_READ;
  if (*got == bytes.size()) return SQLITE_OK;
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(*got), bytes.end(), '\0');
  return SQLITE_IOERR_SHORT_READ;
}

int Write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  const std::string_view bytes(static_cast<const char*>(from), static_cast<std::size_t>(size));
  return CodeOf(Of(file).file->WriteAt(static_cast<std::uint64_t>(offset), bytes),
                SQLITE_IOERR_WRITE);
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  return CodeOf(Of(file).file->Truncate(static_cast<std::uint64_t>(size)), SQLITE_IOERR_TRUNCATE);
}

int Sync(sqlite3_file* file, int) {
  OpenFile& open = Of(file);
  if (!open.file->Sync()) return SQLITE_IOERR_FSYNC;
  if (open.name_unsynced) {
    if (!open.vfs.files.SyncFolder(FolderOf(open.path))) return SQLITE_IOERR_DIR_FSYNC;
    open.name_unsynced = false;
  }
  return SQLITE_OK;
}

int FileSize(sqlite3_file* file, sqlite3_int64* out) {
  const auto size = Of(file).file->Size();
  if (!size) return SQLITE_IOERR_FSTAT;
  *out = static_cast<sqlite3_int64>(*size);
  return SQLITE_OK;
}

int Lock(sqlite3_file* file, int level) {
  OpenFile& open = Of(file);
  return !open.locks || open.locks->Lock(&open, level) ? SQLITE_OK : SQLITE_BUSY;
}

int Unlock(sqlite3_file* file, int level) {
  OpenFile& open = Of(file);
  if (open.locks) open.locks->Unlock(&open, level);
  return SQLITE_OK;
}

int CheckReservedLock(sqlite3_file* file, int* out) {
  const OpenFile& open = Of(file);
  *out = open.locks && open.locks->Reserved() ? 1 : 0;
  return SQLITE_OK;
}

int FileControl(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int SectorSize(sqlite3_file*) { return kSector; }
int DeviceCharacteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int ShmMap(sqlite3_file* file, int region, int size, int extend, volatile void** out) {
  OpenFile& open = Of(file);
  if (!open.locks) return SQLITE_IOERR_SHMMAP;
  *out = open.locks->ShmRegion(&open, static_cast<std::size_t>(region),
                               static_cast<std::size_t>(size), extend != 0);
  return SQLITE_OK;
}

int ShmLock(sqlite3_file* file, int first, int count, int flags) {
  OpenFile& open = Of(file);
  if (!open.locks) return SQLITE_IOERR_SHMLOCK;
  if ((flags & SQLITE_SHM_UNLOCK) != 0) {
    open.locks->ShmUnlock(&open, first, count);
    return SQLITE_OK;
  }
  const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  return open.locks->ShmLock(&open, first, count, exclusive) ? SQLITE_OK : SQLITE_BUSY;
}

void ShmBarrier(sqlite3_file*) {}

int ShmUnmap(sqlite3_file* file, int) {
  OpenFile& open = Of(file);
  if (open.locks) open.locks->ShmUnmap(&open);
  return SQLITE_OK;
}

class MemoryFile final : public async::File {
 public:
  Result<std::size_t> ReadAt(std::uint64_t offset, std::span<char> into) override {
    if (offset >= bytes_.size()) return std::size_t{0};
    return bytes_.copy(into.data(), into.size(), offset);
  }
  Status WriteAt(std::uint64_t offset, std::string_view bytes) override {
    bytes_.resize(std::max<std::size_t>(bytes_.size(), offset + bytes.size()));
    bytes_.replace(offset, bytes.size(), bytes);
    return {};
  }
  Status Sync() override { return {}; }
  Status Truncate(std::uint64_t size) override {
    bytes_.resize(size);
    return {};
  }
  Result<std::uint64_t> Size() override { return bytes_.size(); }
  Status Preallocate(std::uint64_t) override { return {}; }

 private:
  std::string bytes_;
};

}  // namespace

const sqlite3_io_methods* FileMethods() {
  static const sqlite3_io_methods methods = [] {
    sqlite3_io_methods made{};
    made.iVersion = 2;
    made.xClose = Close;
    made.xRead = Read;
    made.xWrite = Write;
    made.xTruncate = Truncate;
    made.xSync = Sync;
    made.xFileSize = FileSize;
    made.xLock = Lock;
    made.xUnlock = Unlock;
    made.xCheckReservedLock = CheckReservedLock;
    made.xFileControl = FileControl;
    made.xSectorSize = SectorSize;
    made.xDeviceCharacteristics = DeviceCharacteristics;
    made.xShmMap = ShmMap;
    made.xShmLock = ShmLock;
    made.xShmBarrier = ShmBarrier;
    made.xShmUnmap = ShmUnmap;
    return made;
  }();
  return &methods;
}

std::unique_ptr<async::File> MakeMemoryFile() { return std::make_unique<MemoryFile>(); }

std::string FolderOf(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace notify::agent::store
