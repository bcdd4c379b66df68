#pragma once

#include <memory>
#include <optional>
#include <string>

#include "agent/async/file.hpp"
#include "agent/store/file_vfs.hpp"
#include "common/clock.hpp"
#include "tests/support/sim/disk_faults.hpp"
#include "tests/support/sim/disk_tree.hpp"

namespace notify::testing_support::sim {

namespace async = ::notify::agent::async;

/// What all mounts of one disk share.
struct DiskState {
  explicit DiskState(std::uint64_t seed) : dice(seed), vfs_random(dice.Fork()) {}

  DiskTree tree;
  DiskFaults faults;
  Dice dice;
  SimRandom vfs_random;
  std::optional<std::uint64_t> capacity;
  bool lying = false;  ///< Syncs succeed and do nothing.
  std::size_t open_files = 0;
};

/// The disk from one power-on to the next power cut. After Kill() every call through it and its
/// files fails, so that what is left of an old run changes nothing that the next one finds.
class DiskMount final : public async::FileSystem {
 public:
  /// `clock` is what SQLite reads the time from.
  DiskMount(std::shared_ptr<DiskState> state, std::string vfs_name, const Clock& clock);
  ~DiskMount() override;

  void Kill() { *alive_ = false; }
  /// Whether SQLite has files open through it.
  bool in_use() const { return vfs_.open_files() > 0; }

  Result<std::unique_ptr<async::File>> Open(const std::string& path, Mode mode) override;
  bool Exists(const std::string& path) override;
  Status MakeFolder(const std::string& path) override;
  Status Rename(const std::string& from, const std::string& to) override;
  Status Remove(const std::string& path) override;
  Status SyncFolder(const std::string& path) override;
  Result<std::vector<std::string>> List(const std::string& path) override;
  Result<async::DiskSpace> Space(const std::string& path) override;
  std::string SqliteVfs() const override { return vfs_.name(); }

 private:
  Status Begin(DiskCall call, const std::string& path);
  void RemoveNode(const DiskNode::Ptr& folder, const std::string& name);

  std::shared_ptr<DiskState> state_;  // Outlives the disk where abandoned agents hold files.
  std::shared_ptr<bool> alive_;       // Shared with the open files, which may outlive the mount.
  agent::store::FileVfs vfs_;
};

}  // namespace notify::testing_support::sim
