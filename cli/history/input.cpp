#include "cli/history/input.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "common/encoding.hpp"

namespace notify::cli::history {
namespace {

constexpr std::size_t kPiece = 256 << 10;

class FileInput final : public Input {
 public:
  FileInput(int descriptor, std::string path, std::uint64_t size)
      : descriptor_(descriptor), path_(std::move(path)), size_(size) {}
  ~FileInput() override { ::close(descriptor_); }
  FileInput(const FileInput&) = delete;
  FileInput& operator=(const FileInput&) = delete;

  Result<std::string> Next() override {
    std::string piece(kPiece, '\0');
    for (;;) {
      const auto n = ::read(descriptor_, piece.data(), piece.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) {
        return Fail(Errc::kInternal, "Cannot read " + path_ + ": " + std::strerror(errno) + ".");
      }
      piece.resize(static_cast<std::size_t>(n));
      return piece;
    }
  }
  std::uint64_t size() const override { return size_; }

 private:
  const int descriptor_;
  const std::string path_;
  const std::uint64_t size_;
};

class StandardInput final : public Input {
 public:
  explicit StandardInput(Streams& streams) : streams_(streams) {}
  Result<std::string> Next() override { return streams_.ReadSome(kPiece); }
  std::uint64_t size() const override { return 0; }

 private:
  Streams& streams_;
};

}  // namespace

Result<std::unique_ptr<Input>> Input::Open(const std::string& path, Streams& streams) {
  if (path == "-") return std::make_unique<StandardInput>(streams);
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    const int code = errno;
    const auto errc = code == ENOENT                    ? Errc::kNotFound
                      : code == EACCES || code == EPERM ? Errc::kForbidden
                                                        : Errc::kInvalidArgument;
    return Fail(errc, "Cannot read " + path + ": " + std::strerror(code) + ".");
  }
  struct stat about {};
  ::fstat(descriptor, &about);
  ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
  const auto size = S_ISREG(about.st_mode) ? static_cast<std::uint64_t>(about.st_size) : 0;
  return std::make_unique<FileInput>(descriptor, path, size);
}

Result<std::string> Fingerprint(Input& input) {
  // Chained, so that a file of any size needs no more memory than a piece. Pieces are filled up
  // first: what is hashed may not depend on how a pipe cut it.
  std::string so_far;
  std::string piece;
  for (bool more = true; more;) {
    auto next = input.Next();
    if (!next) return next;
    more = !next->empty();
    piece += *next;
    while (piece.size() >= kPiece || (!more && !piece.empty())) {
      so_far = Sha256(so_far + piece.substr(0, kPiece));
      piece.erase(0, kPiece);
    }
  }
  return ToHex(so_far.empty() ? Sha256("") : so_far);
}

}  // namespace notify::cli::history
