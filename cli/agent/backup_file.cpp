#include "cli/agent/backup_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace notify::cli::agent {
namespace {

// Where the agent's data lies on the same disk, unsynced bytes would delay its commits.
constexpr std::uint64_t kMostDirty = 1 << 20;

Error FileError(const std::string& path, int error) {
  const Errc code = error == ENOSPC || error == EDQUOT                    ? Errc::kStorageFull
                    : error == ENOENT                                     ? Errc::kNotFound
                    : error == EACCES || error == EPERM || error == EROFS ? Errc::kForbidden
                                                                          : Errc::kInvalidArgument;
  return Fail(code, path + ": " + std::strerror(error) + ".");
}

std::string PartOf(const std::string& path) { return path + ".part"; }

Status SyncFolderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return FileError(folder, errno);
  const int synced = ::fsync(descriptor);
  const int error = errno;
  ::close(descriptor);
  if (synced != 0) return FileError(folder, error);
  return {};
}

}  // namespace

BackupFileWriter::BackupFileWriter(std::string path, int descriptor)
    : path_(std::move(path)), descriptor_(descriptor), reader_(members_) {}

BackupFileWriter::~BackupFileWriter() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(PartOf(path_).c_str());
}

Result<std::unique_ptr<BackupFileWriter>> BackupFileWriter::Create(const std::string& path) {
  // What a backup holds is as secret as the data folder.
  const int descriptor =
      ::open(PartOf(path).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return FileError(PartOf(path), errno);
  return std::unique_ptr<BackupFileWriter>(new BackupFileWriter(path, descriptor));
}

Error BackupFileWriter::Failed(int error) const { return FileError(PartOf(path_), error); }

Status BackupFileWriter::Write(std::string_view bytes) {
  if (auto fed = reader_.Feed(bytes); !fed) return fed;
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed(errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    dirty_ += static_cast<std::uint64_t>(written);
  }
  if (dirty_ < kMostDirty) return {};
  dirty_ = 0;
  if (::fdatasync(descriptor_) != 0) return Failed(errno);
  return {};
}

Status BackupFileWriter::Finish() {
  if (auto whole = reader_.Finish(); !whole) return whole;
  if (::fsync(descriptor_) != 0) return Failed(errno);
  if (::rename(PartOf(path_).c_str(), path_.c_str()) != 0) return Failed(errno);
  ::close(std::exchange(descriptor_, -1));
  return SyncFolderOf(path_);
}

}  // namespace notify::cli::agent
