#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace notify::archive {

/// One file of an archive.
struct Member {
  std::string name;  ///< Relative, up to 99 printable ASCII characters.
  std::uint64_t size = 0;
};

/// Takes what an archive holds, in its order. An error ends the reading.
///
/// Threads:  its reader's.
class MemberSink {
 public:
  virtual ~MemberSink() = default;
  virtual Status Begin(const Member& member) = 0;
  virtual Status Data(std::string_view bytes) = 0;
  /// All of the member's bytes were given.
  virtual Status End() = 0;
};

/// The 512 bytes in front of a member's content: POSIX.1-1988 `ustar`, a plain file with mode 0600.
/// A size of 8 GiB or more is written in GNU's base-256 form.
std::string TarHeader(const Member& member, std::int64_t modified_s);
/// The zeros behind a content of `size` bytes.
std::string TarPadding(std::uint64_t size);
/// What ends an archive.
std::string TarEnd();

/// Reads an archive from bytes as they come. Only what TarHeader writes is understood: plain files.
///
/// Lifetime: `sink` outlives it.
/// Threads:  one at a time.
class TarReader {
 public:
  explicit TarReader(MemberSink& sink) : sink_(sink) {}

  /// kInvalidArgument where it is no such archive, and the sink's errors; after either it is of no
  /// more use.
  Status Feed(std::string_view bytes);

  /// Whether the end of the archive was read.
  bool done() const { return done_; }

 private:
  Status TakeBlock();
  Status BeginMember(const Member& member);

  MemberSink& sink_;
  std::array<char, 512> block_{};  // A header or padding, filled up to `filled_`.
  std::size_t filled_ = 0;
  std::uint64_t left_ = 0;   // Of the member's content.
  std::size_t padding_ = 0;  // Behind it.
  bool done_ = false;
};

}  // namespace notify::archive
