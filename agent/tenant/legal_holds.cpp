#include "agent/tenant/legal_holds.hpp"

#include <limits>

#include "agent/async/run_on.hpp"

namespace notify::agent::tenant {

async::Task<Result<std::vector<HeldEvents>>> LegalHolds::HeldBy(TenantHandle tenant) {
  // The directory is asked, not the handle: a hold is in force once the command that set it is
  // done.
  async::CallOn here(runtime_.platform(), [&]() -> Result<std::vector<HeldEvents>> {
    std::vector<HeldEvents> held;
    const auto record = directory_.OfPlatform()->Tenant(tenant.id());
    if (record && record->settings.retention.legal_hold) {
      held.push_back({"legal hold (" + *record->settings.retention.legal_hold + ")", Position{},
                      std::numeric_limits<std::int64_t>::min()});
    }
    return held;
  });
  co_return co_await here;
}

}  // namespace notify::agent::tenant
