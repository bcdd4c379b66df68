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

/// The pieces of a file that is read once, from its beginning.
///
/// Threads: one at a time.
class FilePieces {
 public:
  /// kNotFound, kForbidden or kInvalidArgument with the path in the detail.
  static Result<std::unique_ptr<FilePieces>> Open(const std::string& path);
  ~FilePieces();
  FilePieces(const FilePieces&) = delete;
  FilePieces& operator=(const FilePieces&) = delete;

  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t read() const { return read_; }
  /// Empty at the end.
  Result<std::string> Next();
  /// Begins again.
  void Rewind() { read_ = 0; }

 private:
  FilePieces(std::string path, int descriptor, std::uint64_t bytes)
      : path_(std::move(path)), descriptor_(descriptor), bytes_(bytes) {}

  const std::string path_;
  const int descriptor_;
  const std::uint64_t bytes_;
  std::uint64_t read_ = 0;
};

}  // namespace notify::cli::agent
