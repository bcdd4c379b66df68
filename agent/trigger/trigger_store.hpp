#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "agent/flow/tenant_handle.hpp"
#include "agent/store/database.hpp"
#include "agent/trigger/trigger.hpp"
#include "common/clock.hpp"
#include "common/random.hpp"

namespace notify::agent::trigger {

/// One tenant's rules in its state.db. Secrets are sealed with the tenant's key.
///
/// Lifetime: short; refers to the database and to `random`.
/// Threads:  that of the database.
class TriggerStore {
 public:
  /// Its tables in state.db.
  static const store::StageSchema kSchema;

  TriggerStore(store::Database& state, TenantHandle tenant, Random& random)
      : state_(state), tenant_(std::move(tenant)), random_(random) {}

  /// All rules by id. kInternal where a row cannot be read.
  Result<std::vector<Trigger>> List();
  /// kNotFound.
  Result<Trigger> Get(std::string_view id);
  /// Makes or replaces a rule and counts its version on; versions of a deleted rule are not used
  /// again. A webhook's secret that is left out stays as it was; kInvalidArgument where there was
  /// none.
  Result<Trigger> Put(Trigger trigger, Clock::WallTime now);
  /// kNotFound.
  Status Delete(std::string_view id, Clock::WallTime now);
  /// Puts `examples` where the tenant never had a rule; whether it did.
  Result<bool> InstallWhereNone(const std::vector<Trigger>& examples, Clock::WallTime now);

 private:
  Result<std::vector<Trigger>> Select(std::string_view where, std::string_view id);

  store::Database& state_;
  const TenantHandle tenant_;
  Random& random_;
};

/// The examples that a new tenant begins with: fx.quote.created, payment.processed, rate.updated,
/// user.activity. They apply only to events with the data that their templates show.
std::vector<Trigger> ExampleTriggers();

}  // namespace notify::agent::trigger
