#pragma once

#include <map>
#include <string>

#include "common/archive/sha256_stream.hpp"
#include "common/archive/tar.hpp"

namespace notify::archive {

/// The name of an archive's last member: a line `DIGEST  NAME` for each member before it, as
/// `sha256sum -c` reads them.
constexpr std::string_view kChecksumsName = "SHA256SUMS";

/// Reads an archive whose last member holds the checksums of all others, and proves them.
///
/// Lifetime: `sink` outlives it; it is given every member but the checksums.
/// Threads:  one at a time.
class ArchiveReader final : private MemberSink {
 public:
  explicit ArchiveReader(MemberSink& sink) : sink_(sink), tar_(*this) {}

  /// kInvalidArgument where the bytes are no archive or a checksum is wrong, and the sink's errors.
  Status Feed(std::string_view bytes) { return tar_.Feed(bytes); }

  /// There are no more bytes. kInvalidArgument where the archive is cut off. What the sink was
  /// given is proven only after this succeeded.
  Status Finish() const;

  std::uint64_t members() const { return digests_.size(); }

 private:
  Status Begin(const Member& member) override;
  Status Data(std::string_view bytes) override;
  Status End() override;
  Status Prove() const;

  MemberSink& sink_;
  TarReader tar_;
  Sha256Stream sum_;
  std::string name_;                            // Of the member that is read.
  std::map<std::string, std::string> digests_;  // By name.
  std::string checksums_;
  bool proven_ = false;
};

}  // namespace notify::archive
