#include "agent/eventlog/journal/journal_file.hpp"

#include <algorithm>
#include <utility>

#include "agent/eventlog/blocks/crc32c.hpp"
#include "agent/eventlog/blocks/little_endian.hpp"

namespace notify::agent::eventlog {
namespace {

constexpr std::string_view kMagic = "NJRN";
constexpr std::uint16_t kFormat = 1;
constexpr std::uint16_t kOldestReader = 1;
constexpr std::size_t kHeaderBytes = 4 + 2 + 2 + 8 + 4;
constexpr std::size_t kChunk = 1 << 20;
// How far behind a damaged frame header the next frame is looked for; no frame is longer.
constexpr std::uint64_t kLookAhead = 32 << 20;

std::uint64_t Next(const JournalFile::PlacedFrame& frame) {
  const std::uint64_t bytes = kFrameHeaderBytes + frame.header.body_bytes;
  return frame.offset + (bytes + kFrameAlignment - 1) / kFrameAlignment * kFrameAlignment;
}

/// Frame headers of a file, read in large pieces.
class HeaderReader {
 public:
  HeaderReader(async::File& file, std::uint64_t size) : file_(file), size_(size) {}

  Result<std::optional<FrameHeader>> At(std::uint64_t offset) {
    if (offset + kFrameHeaderBytes > size_) return std::optional<FrameHeader>();
    if (offset < begin_ || offset + kFrameHeaderBytes > begin_ + chunk_.size()) {
      chunk_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kChunk, size_ - offset)));
      const auto got = file_.ReadAt(offset, chunk_);
      if (!got) return got.error();
      chunk_.resize(*got);
      begin_ = offset;
    }
    return ReadFrameHeader(
        std::string_view(chunk_).substr(static_cast<std::size_t>(offset - begin_)));
  }

 private:
  async::File& file_;
  const std::uint64_t size_;
  std::string chunk_;
  std::uint64_t begin_ = 0;
};

}  // namespace

Result<JournalFile> JournalFile::Open(async::FileSystem& files, std::string path) {
  JournalFile file(files, std::move(path));
  const bool is_new = !files.Exists(file.path_);
  if (auto opened = file.Reopen(); !opened) return opened.error();
  if (is_new || file.size_ < kBegin) {
    if (auto written = file.WriteHeader(0); !written) return written.error();
  } else if (auto read = file.ReadHeader(); !read) {
    return read.error();
  }
  // What an agent wrote that was killed before its sync can be read, and is not durable yet.
  if (auto synced = file.Sync(); !synced) return synced.error();
  return file;
}

Status JournalFile::Reopen() {
  file_.reset();
  auto opened = files_->Open(path_, async::FileSystem::Mode::kCreate);
  if (!opened) return opened.error();
  const auto size = (*opened)->Size();
  if (!size) return size.error();
  size_ = *size;
  file_ = std::move(*opened);
  return {};
}

Status JournalFile::ReadHeader() {
  std::string bytes(kHeaderBytes, '\0');
  const auto got = file_->ReadAt(0, bytes);
  if (!got) return got.error();
  std::string_view crc = std::string_view(bytes).substr(kHeaderBytes - sizeof(std::uint32_t));
  const std::string_view checked =
      std::string_view(bytes).substr(0, kHeaderBytes - sizeof(std::uint32_t));
  // The frames say all that is needed; a header that is damaged only costs its hint.
  if (*got != bytes.size() || Take<std::uint32_t>(crc) != Crc32c(checked)) return {};
  std::string_view rest = checked.substr(kMagic.size());
  Take<std::uint16_t>(rest);
  if (Take<std::uint16_t>(rest) > kFormat) {
    return Fail(Errc::kUnavailable, "The journal " + path_ + " was written by a newer agent.",
                "Start that version, or one that is newer still.");
  }
  released_ = Take<std::uint64_t>(rest);
  return {};
}

Status JournalFile::WriteHeader(std::uint64_t released) {
  std::string bytes(kMagic);
  Put(bytes, kFormat);
  Put(bytes, kOldestReader);
  Put(bytes, released);
  Put(bytes, Crc32c(bytes));
  bytes.resize(kBegin, '\0');
  if (auto written = file_->WriteAt(0, bytes); !written) return written;
  size_ = std::max(size_, kBegin);
  released_ = released;
  return {};
}

void JournalFile::MarkReleased(std::uint64_t generation) {
  static_cast<void>(WriteHeader(generation));  // A hint: without it the next start looks again.
}

Result<JournalFile::Contents> JournalFile::Find() {
  Contents contents;
  HeaderReader headers(*file_, size_);
  std::uint64_t last_good = kBegin;
  for (std::uint64_t at = kBegin; at + kFrameHeaderBytes <= size_ && at < last_good + kLookAhead;) {
    const auto header = headers.At(at);
    if (!header) return header.error();
    auto& frames = contents.frames;
    const bool fits =
        *header && (frames.empty() || ((*header)->generation == frames.front().header.generation &&
                                       (*header)->number > frames.back().header.number));
    if (!fits) {
      at += kFrameAlignment;
      continue;
    }
    const std::uint64_t expected = frames.empty() ? 0 : frames.back().header.number + 1;
    if ((*header)->number != expected) contents.damaged = true;
    frames.push_back({**header, at});
    last_good = at = Next(frames.back());
  }
  contents.released =
      contents.frames.empty() || contents.frames.front().header.generation <= released_;
  return contents;
}

Result<std::string> JournalFile::ReadBody(const PlacedFrame& frame) {
  const std::uint64_t begin = frame.offset + kFrameHeaderBytes;
  const std::uint64_t most = size_ > begin ? size_ - begin : 0;
  std::string body(static_cast<std::size_t>(std::min<std::uint64_t>(frame.header.body_bytes, most)),
                   '\0');
  const auto got = file_->ReadAt(begin, body);
  if (!got) return got.error();
  body.resize(*got);
  return body;
}

Status JournalFile::Grow(std::uint64_t end, std::uint64_t step) {
  if (size_ >= end) return {};
  const std::string zeros(static_cast<std::size_t>(step), '\0');
  while (size_ < end) {
    if (auto written = file_->WriteAt(size_, zeros); !written) return written;
    size_ += zeros.size();
  }
  return {};
}

}  // namespace notify::agent::eventlog
