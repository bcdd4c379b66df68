#include "agent/app/data_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "agent/async/asio/posix_file.hpp"

namespace notify::agent::app {
namespace {

constexpr int kFormat = 1;

Error CannotUse(const std::string& path, int error) {
  return Fail(Errc::kUnavailable,
              "Cannot use the data folder " + path + ": " + std::strerror(error) + ".",
              "Choose a folder that this user may write with --data-dir DIR.");
}

Status CheckFormat(async::FileSystem& files, const std::string& path) {
  const std::string file = path + "/VERSION";
  const auto text = files.ReadAll(file, 64);
  if (!text && text.error().code == Errc::kNotFound) {
    return files.WriteDurably(file, std::to_string(kFormat) + "\n");
  }
  if (!text) return text.error();
  int format = 0;
  std::from_chars(text->data(), text->data() + text->size(), format);
  if (format < 1 || format > kFormat) {
    return Fail(Errc::kInvalidConfig,
                "The data folder " + path + " has the format '" +
                    text->substr(0, text->find('\n')) + "'; this agent reads " +
                    std::to_string(kFormat) + ".",
                "Start the agent that wrote it, or choose another --data-dir.");
  }
  return {};
}

}  // namespace

Result<DataFolder> DataFolder::Open(const std::string& path) {
  async::PosixFileSystem files;
  if (auto made = files.MakeFolder(path); !made) {
    Error error = made.error();
    error.code = Errc::kUnavailable;
    error.hint = "Choose a folder that this user may write with --data-dir DIR.";
    return error;
  }
  const std::string lock_path = path + "/notifyd.lock";
  const int lock = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return CannotUse(path, errno);
  DataFolder folder(path, lock);
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return CannotUse(path, errno);
    char owner[32] = {};
    const ssize_t size = ::pread(lock, owner, sizeof owner - 1, 0);
    return Fail(Errc::kConflict,
                "Another agent owns the data folder " + path +
                    (size > 0 ? " (process " + std::string(owner) + ")." : "."),
                "Stop it, or choose another folder with --data-dir DIR.");
  }
  const std::string pid = std::to_string(::getpid());
  if (::ftruncate(lock, 0) != 0 ||
      ::pwrite(lock, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    return CannotUse(path, errno);
  }
  if (auto checked = CheckFormat(files, path); !checked) return checked.error();
  return folder;
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

DataFolder::~DataFolder() {
  if (lock_ >= 0) ::close(lock_);
}

Status DataFolder::WriteAddress(const std::string& host_port) const {
  async::PosixFileSystem files;
  return files.WriteDurably(path_ + "/notifyd.addr", host_port + "\n");
}

void DataFolder::RemoveAddress() const { ::unlink((path_ + "/notifyd.addr").c_str()); }

}  // namespace notify::agent::app
