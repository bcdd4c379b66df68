#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "cli/agent/backup_members.hpp"
#include "common/archive/archive_reader.hpp"

namespace notify::cli::agent {

/// A backup on its way into a file: `FILE.part` until it is whole, proven and synced, then FILE.
///
/// Lifetime: removes what is not whole when it goes. Threads: one at a time.
class BackupFileWriter {
 public:
  /// kForbidden, kNotFound and kInvalidArgument with the path in the detail.
  static Result<std::unique_ptr<BackupFileWriter>> Create(const std::string& path);
  ~BackupFileWriter();
  BackupFileWriter(const BackupFileWriter&) = delete;
  BackupFileWriter& operator=(const BackupFileWriter&) = delete;

  /// kStorageFull where the disk has no room, kInvalidArgument where it is no whole backup.
  Status Write(std::string_view bytes);
  /// All of it came. Makes it durable under its name.
  Status Finish();

  Value Summary() const { return members_.Summary(); }

 private:
  BackupFileWriter(std::string path, int descriptor);
  Error Failed(int error) const;

  const std::string path_;
  int descriptor_;
  std::uint64_t dirty_ = 0;
  BackupMembers members_;
  archive::ArchiveReader reader_;
};

}  // namespace notify::cli::agent
