#include "agent/quota/user_meters.hpp"

#include <algorithm>

#include "agent/async/run_on.hpp"

namespace notify::agent::quota {
namespace {

constexpr std::size_t kFirstLook = 256;

}  // namespace

UserMeters::UserMeters(async::Executor& home, const Clock& clock, std::size_t meters)
    : home_(home), clock_(clock), meters_(meters), look_at_(kFirstLook) {}

async::Task<std::shared_ptr<MeterRow>> UserMeters::Of(TenantId tenant, std::string user) {
  // Tenant ids have no space.
  const std::string name = tenant.text() + " " + user;
  const auto find = [&] { return Find(name); };
  async::CallOn finding(home_, find);
  co_return co_await finding;
}

std::shared_ptr<MeterRow> UserMeters::Find(const std::string& name) {
  if (const auto known = rows_.find(name); known != rows_.end()) return known->second;
  if (rows_.size() >= look_at_) ForgetFullOnes();
  // Apart from its control block, which those who keep it weakly hold on to.
  std::shared_ptr<MeterRow> row(new MeterRow(meters_));
  rows_.emplace(name, row);
  return row;
}

void UserMeters::ForgetFullOnes() {
  const Clock::TimePoint now = clock_.Now();
  std::erase_if(rows_, [now](const auto& entry) {
    return std::ranges::all_of(*entry.second, [now](const Meter& meter) {
      return meter.Spent(now) == Clock::Duration::zero();
    });
  });
  look_at_ = std::max(kFirstLook, rows_.size() * 2);
}

}  // namespace notify::agent::quota
