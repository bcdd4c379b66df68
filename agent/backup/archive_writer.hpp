#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "common/archive/archive_reader.hpp"

namespace notify::agent::backup {

/// Makes the bytes of an archive whose last member holds the checksums of all others.
///
/// Threads:  one at a time.
class ArchiveWriter {
 public:
  /// `modified_s` (Unix seconds) is the time of every member.
  explicit ArchiveWriter(std::int64_t modified_s) : modified_s_(modified_s) {}

  /// What goes in front of a member's content. The content, in pieces, is given to Content, too.
  std::string Begin(const archive::Member& member);
  void Content(std::string_view bytes) { sum_.Update(bytes); }
  /// What goes behind it.
  std::string End();

  /// A whole member.
  std::string Whole(std::string name, std::string_view content);

  /// The checksums and the end of the archive.
  std::string Finish();

 private:
  const std::int64_t modified_s_;
  archive::Member member_;
  archive::Sha256Stream sum_;
  std::map<std::string, std::string> digests_;  // By name.
};

}  // namespace notify::agent::backup
