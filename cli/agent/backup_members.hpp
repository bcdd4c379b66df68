#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "cli/value.hpp"
#include "common/archive/archive_reader.hpp"

namespace notify::cli::agent {

/// What a backup holds, counted while it passes.
///
/// Threads: one at a time.
class BackupMembers final : public archive::MemberSink {
 public:
  Status Begin(const archive::Member& member) override;
  Status Data(std::string_view bytes) override;
  Status End() override;

  /// `{createdAt, version, masterKeyId, tenants, missing, files, bytes}`: how many tenants came,
  /// and the names of those that were to come.
  Value Summary() const;

 private:
  bool is_manifest_ = false;
  std::string manifest_;
  std::set<std::string> tenants_;
  std::uint64_t files_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace notify::cli::agent
