#include "common/archive/archive_reader.hpp"

#include <utility>

namespace notify::archive {
namespace {

// A line of 64 digits, two blanks and a name for each of a million members.
constexpr std::uint64_t kMostChecksums = 170'000'000;

Error Damaged(std::string what) {
  return Fail(Errc::kInvalidArgument, "The backup is damaged: " + std::move(what),
              "Take another backup; this one cannot be trusted.");
}

}  // namespace

Status ArchiveReader::Begin(const Member& member) {
  if (proven_) return Damaged("there is more behind its checksums.");
  name_ = member.name;
  if (name_ == kChecksumsName) {
    if (member.size > kMostChecksums) return Damaged("its list of checksums is too long.");
    return {};
  }
  if (digests_.contains(name_)) return Damaged(name_ + " is in it twice.");
  return sink_.Begin(member);
}

Status ArchiveReader::Data(std::string_view bytes) {
  if (name_ == kChecksumsName) {
    checksums_ += bytes;
    return {};
  }
  sum_.Update(bytes);
  return sink_.Data(bytes);
}

Status ArchiveReader::End() {
  if (name_ == kChecksumsName) {
    if (auto proven = Prove(); !proven) return proven;
    proven_ = true;
    return {};
  }
  digests_.emplace(name_, sum_.Finish());
  return sink_.End();
}

Status ArchiveReader::Prove() const {
  std::string expected;
  for (const auto& [name, digest] : digests_) expected += digest + "  " + name + "\n";
  if (expected == checksums_) return {};
  for (const auto& [name, digest] : digests_) {
    if (checksums_.find(digest + "  " + name + "\n") == std::string::npos) {
      return Damaged("the checksum of " + name + " is another.");
    }
  }
  return Damaged("a member is missing.");
}

Status ArchiveReader::Finish() const {
  if (proven_ && tar_.done()) return {};
  return Fail(Errc::kInvalidArgument, "The backup is cut off: its end is missing.",
              "Take another backup, or copy this one again.");
}

}  // namespace notify::archive
