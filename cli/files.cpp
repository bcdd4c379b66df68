#include "cli/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace notify::cli {
namespace {

Error FileError(const std::string& what, const std::string& path, int code) {
  const auto errc = code == ENOENT                    ? Errc::kNotFound
                    : code == EACCES || code == EPERM ? Errc::kForbidden
                                                      : Errc::kInvalidArgument;
  return Fail(errc, what + " " + path + ": " + std::strerror(code) + ".");
}

Status WriteAll(int descriptor, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const auto n = ::write(descriptor, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return FileError("Cannot write", path, errno);
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

}  // namespace

Result<std::string> ReadInput(const std::string& path, Streams& streams) {
  return path == "-" ? streams.ReadAll() : ReadFile(path);
}

Result<std::string> ReadFile(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return FileError("Cannot read", path, errno);
  std::string text;
  std::array<char, 64 * 1024> buffer{};
  for (;;) {
    const auto n = ::read(descriptor, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      const int code = errno;
      ::close(descriptor);
      if (n < 0) return FileError("Cannot read", path, code);
      return text;
    }
    text.append(buffer.data(), static_cast<std::size_t>(n));
  }
}

Status WriteFileAtomically(const std::string& path, std::string_view text, unsigned mode) {
  const auto temporary = path + ".new";
  const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (descriptor < 0) return FileError("Cannot write", temporary, errno);
  ::fchmod(descriptor, mode);
  auto written = WriteAll(descriptor, text, temporary);
  ::close(descriptor);
  if (!written) return written;
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    return FileError("Cannot replace", path, errno);
  }
  return {};
}

Status MakeFolders(const std::string& path, unsigned mode) {
  for (std::size_t at = 1; at <= path.size(); ++at) {
    if (at != path.size() && path[at] != '/') continue;
    const auto folder = path.substr(0, at);
    if (::mkdir(folder.c_str(), mode) != 0 && errno != EEXIST) {
      return FileError("Cannot make the folder", folder, errno);
    }
  }
  return {};
}

Status RemoveFile(const std::string& path) {
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return {};
  return FileError("Cannot remove", path, errno);
}

bool FileExists(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0;
}

std::string Join(std::string_view folder, std::string_view path) {
  if (path.starts_with('/') || folder.empty()) return std::string(path);
  std::string joined(folder);
  if (!joined.ends_with('/')) joined += '/';
  joined += path;
  return joined;
}

}  // namespace notify::cli
