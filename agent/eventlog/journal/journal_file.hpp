#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/async/file.hpp"
#include "agent/eventlog/journal/frame.hpp"

namespace notify::agent::eventlog {

/// One of the journal's two files: a header of one sector, then the frames of one generation, and
/// behind them whatever an earlier generation left (docs/event_log_format.md).
///
/// Lifetime: as its Journal.
/// Threads:  one.
class JournalFile {
 public:
  /// Where frames begin.
  static constexpr std::uint64_t kBegin = kFrameAlignment;

  struct PlacedFrame {
    FrameHeader header;
    std::uint64_t offset = 0;
  };
  /// What is there of the file's newest generation, in order.
  struct Contents {
    std::vector<PlacedFrame> frames;
    bool released = false;  ///< All of it is in the tenants' own files.
    bool damaged = false;   ///< A frame is missing between others.
  };

  /// Opens the file, or makes it, and syncs it, so that what is read from it is durable.
  /// kUnavailable where a newer agent wrote it.
  static Result<JournalFile> Open(async::FileSystem& files, std::string path);

  /// Finds the frames by their headers; bodies are not looked at.
  Result<Contents> Find();

  /// The bytes of a frame's body.
  Result<std::string> ReadBody(const PlacedFrame& frame);

  /// Makes room up to `end`, by zeros, so that a sync of what is written there moves no metadata;
  /// `step` bytes at once. kStorageFull.
  Status Grow(std::uint64_t end, std::uint64_t step);

  Status Write(std::uint64_t offset, std::string_view bytes) {
    return file_->WriteAt(offset, bytes);
  }
  Status Sync() { return file_->Sync(); }

  /// Notes that the tenants' files have all of `generation`. A hint that spares work at the next
  /// start: it is not synced, and without it the frames are only looked at once more.
  void MarkReleased(std::uint64_t generation);

  /// Opens the file again, after an error of the system.
  Status Reopen();

 private:
  JournalFile(async::FileSystem& files, std::string path)
      : files_(&files), path_(std::move(path)) {}
  Status ReadHeader();
  Status WriteHeader(std::uint64_t released);

  async::FileSystem* files_;
  std::string path_;
  std::unique_ptr<async::File> file_;
  std::uint64_t size_ = 0;
  std::uint64_t released_ = 0;  // The newest generation that is known to be in the tenants' files.
};

}  // namespace notify::agent::eventlog
