#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/errc.hpp"

namespace notify::testing_support::sim {

/// The calls that a disk counts and that can be made to fail. kCreate is an Open that makes a file;
/// kResize is Truncate and Preallocate.
enum class DiskCall {
  kOpen,
  kCreate,
  kRead,
  kWrite,
  kResize,
  kSync,
  kMakeFolder,
  kRename,
  kRemove,
  kSyncFolder,
};
constexpr std::size_t kDiskCalls = 10;

/// Whether a call can change what is on disk.
constexpr bool Changes(DiskCall call) { return call != DiskCall::kOpen && call != DiskCall::kRead; }

/// The `nth` call from now on (1 is the next) of paths that contain `path_part` fails with `code`:
/// kInternal is EIO, kStorageFull is ENOSPC. With `from_then_on` all later ones fail, too.
struct DiskFault {
  DiskCall call = DiskCall::kWrite;
  std::uint64_t nth = 1;
  Errc code = Errc::kInternal;
  std::string path_part;
  bool from_then_on = false;
};

/// What goes wrong on a SimDisk, and when.
class DiskFaults {
 public:
  enum class Outcome { kFine, kFails, kPowerOff };
  struct Verdict {
    Outcome outcome = Outcome::kFine;
    Errc code = Errc::kInternal;
  };

  void Inject(DiskFault fault) { faults_.push_back(std::move(fault)); }
  void Clear() { faults_.clear(); }
  /// The power goes during the `nth` changing call from now.
  void PowerOffAt(std::uint64_t nth) { power_off_at_ = changes() + nth; }
  void PowerOn();
  bool power_off() const { return power_off_; }

  /// Counts the call and says how it ends.
  Verdict Judge(DiskCall call, std::string_view path);

  std::uint64_t calls(DiskCall call) const { return calls_[static_cast<std::size_t>(call)]; }
  /// Calls that change what is on disk.
  std::uint64_t changes() const;

 private:
  std::array<std::uint64_t, kDiskCalls> calls_{};
  std::vector<DiskFault> faults_;
  std::optional<std::uint64_t> power_off_at_;
  bool power_off_ = false;
};

}  // namespace notify::testing_support::sim
