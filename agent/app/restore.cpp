#include "agent/app/restore.hpp"

#include <cstdio>
#include <utility>

#include "agent/app/data_folder.hpp"
#include "agent/async/asio/posix_file.hpp"
#include "agent/backup/unpacker.hpp"
#include "agent/tenant/restored_tenants.hpp"
#include "common/archive/archive_reader.hpp"
#include "common/clock.hpp"

namespace notify::agent::app {
namespace {

constexpr std::size_t kPiece = 1 << 20;

Status CheckEmpty(async::FileSystem& files, const std::string& data_dir,
                  const std::string& staging) {
  const bool has_platform = files.Exists(data_dir + "/platform.db");
  const bool has_tenants = files.Exists(data_dir + "/tenants");
  // platform.db comes last, so tenants without it are what an earlier restore left.
  if (!has_platform && (!has_tenants || files.Exists(staging))) return {};
  return Fail(Errc::kConflict, "The data folder " + data_dir + " holds data already.",
              "Restore into an empty folder: notifyd --data-dir NEW --restore FILE");
}

Status Unpack(async::FileSystem& files, const std::string& file, backup::Unpacker& unpacker) {
  auto source = files.Open(file, async::FileSystem::Mode::kRead);
  if (!source) return source.error();
  archive::ArchiveReader reader(unpacker);
  std::string piece(kPiece, '\0');
  for (std::uint64_t at = 0;;) {
    const auto got = (*source)->ReadAt(at, piece);
    if (!got) return got.error();
    if (*got == 0) break;
    at += *got;
    if (auto fed = reader.Feed(std::string_view(piece).substr(0, *got)); !fed) return fed;
  }
  if (auto whole = reader.Finish(); !whole) return whole;
  return unpacker.Finish();
}

Status Place(async::FileSystem& files, const std::string& staging, const std::string& data_dir) {
  if (auto removed = files.Remove(data_dir + "/tenants"); !removed) return removed;
  if (auto removed = files.Remove(data_dir + "/journal"); !removed) return removed;
  if (files.Exists(staging + "/tenants")) {
    auto moved = files.Rename(staging + "/tenants", data_dir + "/tenants");
    if (!moved) return moved;
  }
  if (auto synced = files.SyncFolder(data_dir); !synced) return synced;
  if (auto moved = files.Rename(staging + "/platform.db", data_dir + "/platform.db"); !moved) {
    return moved;
  }
  if (auto synced = files.SyncFolder(data_dir); !synced) return synced;
  return files.Remove(staging);
}

void Tell(const backup::Manifest& manifest, std::size_t tenants, const std::string& data_dir,
          bool has_key) {
  std::printf("Restored %zu tenant%s of %s into %s.\n", tenants, tenants == 1 ? "" : "s",
              manifest.created_at.c_str(), data_dir.c_str());
  std::printf("Each log has a new epoch: clients that were further are told of a gap.\n");
  if (!has_key) {
    std::printf("Its data needs the master key %s: put it at %s/master.key before the start.\n",
                manifest.master_key_id.c_str(), data_dir.c_str());
  }
  std::printf("Start it with: notifyd --data-dir %s\n", data_dir.c_str());
}

}  // namespace

Status RestoreFolder(const std::string& data_dir, const std::string& file) {
  async::PosixFileSystem files;
  auto folder = DataFolder::Open(data_dir);
  if (!folder) return folder.error();
  const std::string staging = data_dir + "/restore";
  if (auto empty = CheckEmpty(files, data_dir, staging); !empty) return empty;
  if (auto removed = files.Remove(staging); !removed) return removed;
  if (auto made = files.MakeFolder(staging); !made) return made;
  backup::Unpacker unpacker(files, staging);
  if (auto unpacked = Unpack(files, file, unpacker); !unpacked) {
    static_cast<void>(files.Remove(staging));
    return unpacked;
  }
  const std::int64_t now_ms = std::chrono::floor<std::chrono::milliseconds>(SystemClock().WallNow())
                                  .time_since_epoch()
                                  .count();
  const auto tenants = tenant::SettleRestored(files, staging, now_ms);
  if (!tenants) return tenants.error();
  if (auto placed = Place(files, staging, data_dir); !placed) return placed;
  Tell(*unpacker.manifest(), tenants->size(), data_dir, files.Exists(data_dir + "/master.key"));
  return {};
}

}  // namespace notify::agent::app
