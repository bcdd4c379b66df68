#include "tests/support/sim/sim_disk.hpp"

#include <atomic>

#include "tests/support/sim/abandoned.hpp"
#include "tests/support/sim/disk_mount.hpp"

namespace notify::testing_support::sim {

class SimDisk::DiskClock final : public Clock {
 public:
  void Follow(const Clock* clock) { clock_ = clock; }
  WallTime WallNow() const override {
    return clock_ != nullptr ? clock_->WallNow()
                             : WallTime(std::chrono::sys_days(std::chrono::year(2026) / 1 / 1));
  }
  TimePoint Now() const override { return clock_ != nullptr ? clock_->Now() : TimePoint(); }

 private:
  const Clock* clock_ = nullptr;
};

SimDisk::SimDisk(std::uint64_t seed)
    : clock_(std::make_unique<DiskClock>()), state_(std::make_shared<DiskState>(seed)) {
  Mount();
}

SimDisk::~SimDisk() {
  // A connection that was abandoned in a power cut still points at its VFS.
  bool abandoned = false;
  old_mounts_.push_back(std::move(mount_));
  for (auto& mount : old_mounts_) {
    mount->Kill();
    if (!mount->in_use()) continue;
    Abandon(std::move(mount));
    abandoned = true;
  }
  clock_->Follow(nullptr);
  if (abandoned) Abandon(std::move(clock_));
}

void SimDisk::Mount() {
  static std::atomic<std::uint64_t> mounts{0};  // SQLite's table of VFS names is the process's.
  mount_ = std::make_unique<DiskMount>(state_, "sim-" + std::to_string(++mounts), *clock_);
}

void SimDisk::PowerCut(std::uint64_t seed) {
  Dice dice(seed);
  state_->tree.PowerCut(dice);
  MountAgain();
}

void SimDisk::Kill() { MountAgain(); }

void SimDisk::MountAgain() {
  state_->faults.Clear();
  state_->faults.PowerOn();
  mount_->Kill();
  old_mounts_.push_back(std::move(mount_));
  Mount();
}

void SimDisk::PowerOffAt(std::uint64_t nth) { state_->faults.PowerOffAt(nth); }
bool SimDisk::power_off() const { return state_->faults.power_off(); }
void SimDisk::SyncAll() { state_->tree.SyncAll(); }
void SimDisk::Lie(bool lying) { state_->lying = lying; }
void SimDisk::SetCapacity(std::uint64_t bytes) { state_->capacity = bytes; }
void SimDisk::LiftCapacity() { state_->capacity.reset(); }

void SimDisk::FlipBit(const std::string& path, std::uint64_t byte, unsigned bit) {
  const DiskNode::Ptr node = state_->tree.Find(path);
  if (!node) return;
  for (SparseImage* image : {&node->image, &node->durable_image}) {
    char value = 0;
    if (image->Read(byte, std::span(&value, 1)) != 1) continue;
    value = static_cast<char>(value ^ (1 << bit));
    image->Write(byte, std::string_view(&value, 1));
  }
}

void SimDisk::Inject(DiskFault fault) { state_->faults.Inject(std::move(fault)); }
void SimDisk::ClearFaults() { state_->faults.Clear(); }
std::uint64_t SimDisk::calls(DiskCall call) const { return state_->faults.calls(call); }
std::size_t SimDisk::open_files() const { return state_->open_files; }
std::uint64_t SimDisk::changes() const { return state_->faults.changes(); }
async::FileSystem& SimDisk::mount() { return *mount_; }
void SimDisk::SetClock(const Clock* clock) { clock_->Follow(clock); }

Result<std::unique_ptr<async::File>> SimDisk::Open(const std::string& path, Mode mode) {
  return mount_->Open(path, mode);
}
bool SimDisk::Exists(const std::string& path) { return mount_->Exists(path); }
Status SimDisk::MakeFolder(const std::string& path) { return mount_->MakeFolder(path); }
Status SimDisk::Rename(const std::string& from, const std::string& to) {
  return mount_->Rename(from, to);
}
Status SimDisk::Remove(const std::string& path) { return mount_->Remove(path); }
Status SimDisk::SyncFolder(const std::string& path) { return mount_->SyncFolder(path); }
Result<std::vector<std::string>> SimDisk::List(const std::string& path) {
  return mount_->List(path);
}
Result<async::DiskSpace> SimDisk::Space(const std::string& path) { return mount_->Space(path); }
std::string SimDisk::SqliteVfs() const { return mount_->SqliteVfs(); }

}  // namespace notify::testing_support::sim
