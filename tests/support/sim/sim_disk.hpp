#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/async/file.hpp"
#include "common/clock.hpp"
#include "tests/support/sim/disk_faults.hpp"

namespace notify::testing_support::sim {

namespace async = ::notify::agent::async;

struct DiskState;
class DiskMount;

/// A disk in memory that outlives the runtimes which use it, as a disk outlives a power cut.
///
/// Each file has two images, what readers see and what is durable; each folder has two sets of
/// names. Sync() and SyncFolder() make the first the second. PowerCut() keeps what is durable and,
/// by its seed, any part of the rest: writes are lost, kept, reordered or torn, by sectors of 512
/// bytes; names change as in a journaling file system, or in any order that hangs together.
///
/// Used through itself it is always the disk as of now. A SimRuntime uses `mount()`, which is dead
/// after the next power cut: what is left of the old run can touch nothing any more.
///
/// Lifetime: outlives the runtimes on it.
/// Threads:  one.
class SimDisk final : public async::FileSystem {
 public:
  explicit SimDisk(std::uint64_t seed = 1);
  ~SimDisk() override;
  SimDisk(const SimDisk&) = delete;
  SimDisk& operator=(const SimDisk&) = delete;

  /// Cuts the power and starts again. Open files and SQLite connections of before fail in every
  /// call; close or abandon them. Injected faults are gone, and the power is on.
  void PowerCut(std::uint64_t seed);
  /// The process ends, as with `kill -9`, and the machine goes on: all that was written is there
  /// for the next process, synced or not. A later power cut may still take what was not. Else as
  /// PowerCut(); after PowerOffAt() it decides that the power was there all the time.
  void Kill();
  /// The power goes in the `nth` changing call from now (1 is the next): that call and all later
  /// ones fail. PowerCut() follows; it decides what is left of the call.
  void PowerOffAt(std::uint64_t nth);
  bool power_off() const;

  /// Makes everything durable, as a clean shutdown of the machine does.
  void SyncAll();
  /// Syncs succeed and do nothing: a planted fault, to prove that a test would notice.
  void Lie(bool lying);
  /// kStorageFull where files would take more than so many bytes.
  void SetCapacity(std::uint64_t bytes);
  void LiftCapacity();
  /// Inverts one bit on disk, as a failing disk does.
  void FlipBit(const std::string& path, std::uint64_t byte, unsigned bit);

  void Inject(DiskFault fault);
  void ClearFaults();
  /// How often a call was made, failed ones included.
  std::uint64_t calls(DiskCall call) const;
  /// Files that are open now, those of SQLite included.
  std::size_t open_files() const;
  std::uint64_t syncs() const { return calls(DiskCall::kSync); }
  /// Calls that can change what is on disk: the places where PowerOffAt() can cut.
  std::uint64_t changes() const;

  /// The disk until the next power cut.
  async::FileSystem& mount();
  /// The time that SQLite sees; the first of January 2026 stands still without one. `clock`
  /// outlives its use; nullptr takes it back.
  void SetClock(const Clock* clock);

  Result<std::unique_ptr<async::File>> Open(const std::string& path, Mode mode) override;
  bool Exists(const std::string& path) override;
  Status MakeFolder(const std::string& path) override;
  Status Rename(const std::string& from, const std::string& to) override;
  Status Remove(const std::string& path) override;
  Status SyncFolder(const std::string& path) override;
  Result<std::vector<std::string>> List(const std::string& path) override;
  Result<async::DiskSpace> Space(const std::string& path) override;
  /// Changes with each power cut, so that no lock and no shared memory of before is left.
  std::string SqliteVfs() const override;

 private:
  class DiskClock;
  void Mount();
  void MountAgain();

  std::unique_ptr<DiskClock> clock_;
  std::shared_ptr<DiskState> state_;  // Shared with mounts and files, which abandoned agents hold.
  std::unique_ptr<DiskMount> mount_;
  std::vector<std::unique_ptr<DiskMount>> old_mounts_;
};

}  // namespace notify::testing_support::sim
