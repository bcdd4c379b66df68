#include "cli/history/rejections.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace notify::cli::history {
namespace {

Error CannotWrite(const std::string& path, int code) {
  return Fail(code == EACCES || code == EPERM ? Errc::kForbidden : Errc::kInvalidArgument,
              "Cannot write " + path + ": " + std::strerror(code) + ".");
}

}  // namespace

Result<Rejections> Rejections::Open(Streams& streams, const std::string& path, bool append,
                                    const std::string& heading) {
  if (path.empty()) return Rejections(streams, -1, path);
  const int how = O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC);
  const int descriptor = ::open(path.c_str(), how, 0600);
  if (descriptor < 0) return CannotWrite(path, errno);
  Rejections rejections(streams, descriptor, path);
  if (!heading.empty() && ::lseek(descriptor, 0, SEEK_END) == 0) {
    if (auto written = rejections.Write(heading); !written) return written.error();
  }
  return rejections;
}

Rejections::Rejections(Rejections&& other) noexcept
    : streams_(other.streams_),
      descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)) {}

Rejections::~Rejections() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Status Rejections::Add(std::uint64_t line, std::string_view code, std::string_view why,
                       std::string_view record) {
  streams_.Err("line " + std::to_string(line) + ": " + std::string(code) + ": " + std::string(why) +
               "\n");
  if (descriptor_ < 0 || record.empty()) return {};
  return Write(record);
}

Status Rejections::Write(std::string_view line) {
  std::string text(line);
  text += '\n';
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto n = ::write(descriptor_, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return CannotWrite(path_, errno);
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

}  // namespace notify::cli::history
