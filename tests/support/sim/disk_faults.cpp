#include "tests/support/sim/disk_faults.hpp"

namespace notify::testing_support::sim {

void DiskFaults::PowerOn() {
  power_off_ = false;
  power_off_at_.reset();
}

DiskFaults::Verdict DiskFaults::Judge(DiskCall call, std::string_view path) {
  if (power_off_) return {Outcome::kPowerOff};
  ++calls_[static_cast<std::size_t>(call)];
  if (power_off_at_ && changes() >= *power_off_at_) {
    power_off_ = true;
    return {Outcome::kPowerOff};
  }
  Verdict verdict;
  for (DiskFault& fault : faults_) {
    if (fault.call != call || path.find(fault.path_part) == std::string_view::npos) continue;
    if (fault.nth > 1) {
      --fault.nth;
    } else if (fault.nth == 1) {
      if (!fault.from_then_on) fault.nth = 0;
      verdict = {Outcome::kFails, fault.code};
    }
  }
  return verdict;
}

std::uint64_t DiskFaults::changes() const {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < kDiskCalls; ++i) {
    if (Changes(static_cast<DiskCall>(i))) sum += calls_[i];
  }
  return sum;
}

}  // namespace notify::testing_support::sim
