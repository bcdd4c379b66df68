#include "agent/async/asio/posix_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace notify::agent::async {
namespace {

Error Failed(const std::string& doing, const std::string& path, int error) {
  Errc code = Errc::kInternal;
  if (error == ENOSPC || error == EDQUOT) code = Errc::kStorageFull;
  if (error == ENOENT) code = Errc::kNotFound;
  return Fail(code, "Cannot " + doing + " " + path + ": " + std::strerror(error) + ".");
}

class PosixFile final : public File {
 public:
  PosixFile(int descriptor, std::string path) : fd_(descriptor), path_(std::move(path)) {}
  ~PosixFile() override { ::close(fd_); }

  Result<std::size_t> ReadAt(std::uint64_t offset, std::span<char> into) override {
    std::size_t done = 0;
    while (done < into.size()) {
      const ssize_t got =
          ::pread(fd_, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return Failed("read", path_, errno);
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  Status WriteAt(std::uint64_t offset, std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t put = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return Failed("write", path_, errno);
      bytes.remove_prefix(static_cast<std::size_t>(put));
      offset += static_cast<std::uint64_t>(put);
    }
    return {};
  }

  Status Sync() override {
    if (::fdatasync(fd_) != 0) return Failed("sync", path_, errno);
    return {};
  }

  Status Truncate(std::uint64_t size) override {
    if (::ftruncate(fd_, static_cast<off_t>(size)) != 0) return Failed("truncate", path_, errno);
    return {};
  }

  Result<std::uint64_t> Size() override {
    struct stat info {};
    if (::fstat(fd_, &info) != 0) return Failed("look at", path_, errno);
    return static_cast<std::uint64_t>(info.st_size);
  }

  Status Preallocate(std::uint64_t size) override {
    const int error = ::posix_fallocate(fd_, 0, static_cast<off_t>(size));
    if (error != 0) return Failed("reserve room in", path_, error);
    return {};
  }

 private:
  const int fd_;
  const std::string path_;
};

}  // namespace

Result<std::unique_ptr<File>> PosixFileSystem::Open(const std::string& path, Mode mode) {
  int flags = O_CLOEXEC;
  if (mode == Mode::kRead) flags |= O_RDONLY;
  if (mode == Mode::kWrite) flags |= O_RDWR;
  if (mode == Mode::kCreate) flags |= O_RDWR | O_CREAT;
  const int descriptor = ::open(path.c_str(), flags, 0600);
  if (descriptor < 0) return Failed("open", path, errno);
  return std::unique_ptr<File>(std::make_unique<PosixFile>(descriptor, path));
}

bool PosixFileSystem::Exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

Status PosixFileSystem::MakeFolder(const std::string& path) {
  std::error_code ec;
  std::filesystem::create_directories(path, ec);
  if (ec) return Failed("make the folder", path, ec.value());
  ::chmod(path.c_str(), 0700);
  return {};
}

Status PosixFileSystem::Rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return Failed("rename", from, errno);
  return {};
}

Status PosixFileSystem::Remove(const std::string& path) {
  std::error_code ec;
  std::filesystem::remove_all(path, ec);
  if (ec) return Failed("remove", path, ec.value());
  return {};
}

Status PosixFileSystem::SyncFolder(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return Failed("open", path, errno);
  const int failed = ::fsync(descriptor);
  const int error = errno;
  ::close(descriptor);
  if (failed != 0) return Failed("sync", path, error);
  return {};
}

Result<std::vector<std::string>> PosixFileSystem::List(const std::string& path) {
  std::error_code ec;
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator it(path, ec), end; !ec && it != end; it.increment(ec)) {
    names.push_back(it->path().filename().string());
  }
  if (ec) return Failed("list", path, ec.value());
  return names;
}

Result<DiskSpace> PosixFileSystem::Space(const std::string& path) {
  struct statvfs info {};
  if (::statvfs(path.c_str(), &info) != 0) return Failed("look at the room of", path, errno);
  // What is kept for root counts as used: it is not there for us.
  const std::uint64_t total = info.f_blocks - (info.f_bfree - info.f_bavail);
  return DiskSpace{total * info.f_frsize, info.f_bavail * info.f_frsize};
}

}  // namespace notify::agent::async
