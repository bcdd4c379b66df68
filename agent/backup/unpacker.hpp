#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "agent/async/file.hpp"
#include "agent/backup/manifest.hpp"
#include "common/archive/tar.hpp"

namespace notify::agent::backup {

/// What of a backup is wanted. All of it where a function is empty.
struct Choice {
  /// Asked once, with what the backup says of itself; an error ends the reading.
  std::function<Status(const Manifest&)> accepts;
  /// Whether a tenant's files are to be written.
  std::function<bool(const TenantId&)> wants;
};

/// Writes a backup's members into a folder, each synced. What they are is proven by who reads the
/// archive; that they are where a backup's members belong, here.
///
/// Lifetime: `files` outlives it.
/// Threads:  one at a time.
class Unpacker final : public archive::MemberSink {
 public:
  Unpacker(async::FileSystem& files, std::string folder, Choice choice = {});

  Status Begin(const archive::Member& member) override;
  Status Data(std::string_view bytes) override;
  Status End() override;

  /// Makes the names of all files durable. Once the archive is proven.
  Status Finish();

  /// There once the first member was read.
  const std::optional<Manifest>& manifest() const { return manifest_; }
  /// The tenants that came and were wanted.
  const std::set<TenantId>& tenants() const { return tenants_; }

 private:
  Status OpenFile(const std::string& name);
  Status SyncIfDirty(std::uint64_t most);

  async::FileSystem& files_;
  const std::string folder_;
  const Choice choice_;
  std::optional<Manifest> manifest_;
  bool has_platform_ = false;
  std::set<TenantId> tenants_;
  std::set<std::string> folders_;

  // Of the member that is written.
  std::string manifest_text_;
  std::unique_ptr<async::File> file_;  // Nothing: it is the manifest, or not wanted.
  bool is_manifest_ = false;
  std::uint64_t written_ = 0;
  std::uint64_t dirty_ = 0;
};

}  // namespace notify::agent::backup
