#include "agent/pipeline/backup_run.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "agent/async/run_on.hpp"
#include "common/log.hpp"

namespace notify::agent::pipeline {
namespace {

// One turn on the background executor, between which the journal is moved.
constexpr std::size_t kPiece = 256 << 10;
constexpr int kPages = 64;
// Unsynced bytes delay a neighbour's commit: as for all background writing, a MiB at most.
constexpr int kStepsBetweenSyncs = 4;

/// Segments only: closing a descriptor of a database would end the locks that SQLite holds on it
/// for the whole process (POSIX), and they are small.
std::uint64_t SegmentBytes(async::FileSystem& files, const std::string& folder) {
  std::uint64_t sum = 0;
  const auto names = files.List(folder);
  if (!names) return sum;
  for (const std::string& name : *names) {
    if (!name.ends_with(".seg")) continue;
    const auto file = files.Open(folder + "/" + name, async::FileSystem::Mode::kRead);
    if (file) sum += (*file)->Size().value_or(0);
  }
  return sum;
}

}  // namespace

async::Task<std::uint64_t> BackupRun::Estimate(std::vector<TenantHandle> tenants) {
  std::uint64_t bytes = 0;
  for (const TenantHandle& tenant : tenants) {
    const auto look = [&] {
      return SegmentBytes(parts_.runtime.files(), tenant.record().folder + "/log");
    };
    async::CallOn looking(parts_.runtime.background(), look);
    bytes += co_await looking;
  }
  co_return bytes;
}

async::Task<Status> BackupRun::Write(std::vector<TenantHandle> tenants, ByteSink& sink) {
  async::FileSystem& files = parts_.runtime.files();
  const auto begin = [&]() -> Status {
    if (auto removed = files.Remove(Folder()); !removed) return removed;
    return files.MakeFolder(Folder());
  };
  async::CallOn beginning(parts_.runtime.background(), begin);
  if (auto begun = co_await beginning; !begun) co_return begun;
  auto writing = WriteAll(tenants, sink);
  const Status written = co_await std::move(writing);
  const auto end = [&] { return files.Remove(Folder()); };
  async::CallOn ending(parts_.runtime.background(), end);
  const Status ended = co_await ending;
  co_return written ? ended : written;
}

async::Task<Status> BackupRun::WriteAll(const std::vector<TenantHandle>& tenants, ByteSink& sink) {
  auto told =
      sink.Write(writer_.Whole(std::string(backup::kManifestName), backup::ToJson(manifest_)));
  if (auto written = co_await std::move(told); !written) co_return written;
  for (const TenantHandle& tenant : tenants) {
    auto writing = WriteTenant(tenant, sink);
    const Status written = co_await std::move(writing);
    if (written) continue;
    // Half a member cannot be taken back. A tenant that cannot be read, or was deleted meanwhile,
    // is left out: its fault must not keep the others from being backed up.
    if (in_member_) co_return written;
    log::Error("Tenant {TenantId} is not in the backup: {Reason}",
               {{"TenantId", tenant.id()}, {"Reason", written.error().detail}});
  }
  // Last, so that what it says of a tenant is no older than the tenant's own files.
  auto platform =
      WriteDatabase(std::string(backup::kPlatformName), parts_.data_dir + "/platform.db", sink);
  if (auto written = co_await std::move(platform); !written) co_return written;
  auto end = sink.Write(writer_.Finish());
  co_return co_await std::move(end);
}

async::Task<Status> BackupRun::WriteTenant(TenantHandle tenant, ByteSink& sink) {
  const std::string state = tenant.record().folder + "/state.db";
  if (parts_.runtime.files().Exists(state)) {
    auto writing = WriteDatabase(backup::MemberName(tenant.id(), "state.db"), state, sink);
    if (auto written = co_await std::move(writing); !written) co_return written;
  }
  auto opening = parts_.log.OpenFiles(tenant, Folder() + "/index.db");
  auto files = co_await std::move(opening);
  if (!files) co_return files.error();
  auto index = WriteCopy(backup::MemberName(tenant.id(), "log/index.db"), *files->index, sink);
  if (auto written = co_await std::move(index); !written) co_return written;
  for (eventlog::LogFiles::Segment& segment : files->segments) {
    auto writing = WriteFile(backup::MemberName(tenant.id(), "log/" + segment.name), *segment.file,
                             segment.bytes, sink);
    if (auto written = co_await std::move(writing); !written) co_return written;
    segment.file.reset();
  }
  co_return Status();
}

async::Task<Status> BackupRun::WriteDatabase(std::string name, std::string source, ByteSink& sink) {
  const auto begin = [&] {
    return store::DatabaseCopy::Begin(source, Folder() + "/copy.db",
                                      parts_.runtime.files().SqliteVfs());
  };
  async::CallOn beginning(parts_.runtime.background(), begin);
  auto copy = co_await beginning;
  if (!copy) co_return copy.error();
  auto writing = WriteCopy(std::move(name), **copy, sink);
  co_return co_await std::move(writing);
}

async::Task<Status> BackupRun::WriteCopy(std::string name, store::DatabaseCopy& copy,
                                         ByteSink& sink) {
  async::FileSystem& files = parts_.runtime.files();
  const std::string path = copy.target();
  std::unique_ptr<async::File> file;
  std::uint64_t bytes = 0;
  for (bool whole = false; !whole;) {
    const auto step = [&]() -> Result<bool> {
      for (int i = 0; i < kStepsBetweenSyncs; ++i) {
        auto done = copy.Step(kPages);
        if (!done || *done) return done;
      }
      auto written = files.Open(path, async::FileSystem::Mode::kWrite);
      if (!written) return written.error();
      if (auto synced = (*written)->Sync(); !synced) return synced.error();
      return false;
    };
    async::CallOn stepping(parts_.runtime.background(), step);
    auto done = co_await stepping;
    if (!done) co_return done.error();
    whole = *done;
  }
  const auto open = [&]() -> Status {
    auto opened = files.Open(path, async::FileSystem::Mode::kRead);
    if (!opened) return opened.error();
    file = std::move(*opened);
    const auto size = file->Size();
    if (!size) return size.error();
    bytes = *size;
    return {};
  };
  async::CallOn opening(parts_.runtime.background(), open);
  if (auto opened = co_await opening; !opened) co_return opened;
  auto writing = WriteFile(std::move(name), *file, bytes, sink);
  const Status written = co_await std::move(writing);
  file.reset();
  const auto remove = [&] { return files.Remove(path); };
  async::CallOn removing(parts_.runtime.background(), remove);
  const Status removed = co_await removing;
  co_return written ? removed : written;
}

async::Task<Status> BackupRun::WriteFile(std::string name, async::File& file, std::uint64_t bytes,
                                         ByteSink& sink) {
  in_member_ = true;
  auto head = sink.Write(writer_.Begin({std::move(name), bytes}));
  if (auto written = co_await std::move(head); !written) co_return written;
  for (std::uint64_t at = 0; at < bytes;) {
    std::string piece(static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, bytes - at)), '\0');
    const auto read = [&] { return file.ReadAt(at, piece); };
    async::CallOn reading(parts_.runtime.background(), read);
    const auto got = co_await reading;
    if (!got) co_return got.error();
    if (*got < piece.size()) {
      co_return Fail(Errc::kInternal, "A file of the log is shorter than its index says.",
                     "notifyctl log verify --tenant TENANT");
    }
    at += piece.size();
    writer_.Content(piece);
    auto writing = sink.Write(std::move(piece));
    if (auto written = co_await std::move(writing); !written) co_return written;
  }
  auto tail = sink.Write(writer_.End());
  auto written = co_await std::move(tail);
  in_member_ = !written;
  co_return written;
}

}  // namespace notify::agent::pipeline
