#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/flow/tenant_handle.hpp"
#include "agent/replay/replay.hpp"
#include "agent/store/database.hpp"
#include "common/random.hpp"

namespace notify::agent::replay {

/// One tenant's replays, in its state.db. A webhook's secret is sealed with the tenant's key and
/// dropped when the replay has ended.
///
/// Lifetime: short; refers to the database and to `random`.
/// Threads:  that of the database.
class ReplayStore {
 public:
  /// Its table in state.db.
  static const store::StageSchema kSchema;

  ReplayStore(store::Database& state, TenantHandle tenant, Random& random)
      : state_(state), tenant_(std::move(tenant)), random_(random) {}

  /// A new replay, with its secret. Forgets the oldest that ended, beyond kKept.
  Status Add(const Replay& replay);
  static constexpr std::int64_t kKept = 100;

  /// Writes how far it came. One that has ended loses its secret.
  Status Save(const Replay& replay);

  /// With its secret, while there is one; nothing where there is no such replay.
  Result<std::optional<Replay>> Find(std::string_view token);

  /// The newest `limit` older than `before` (a token; empty: from the newest), without secrets.
  Result<std::vector<Replay>> List(std::string_view before, std::size_t limit);

  /// The tokens of those that were running when the agent ended, and go on without being asked.
  Result<std::vector<std::string>> Unattended();

  /// How many are not over.
  Result<std::int64_t> CountOpen();

 private:
  Result<std::vector<Replay>> Select(std::string_view where,
                                     std::initializer_list<store::Parameter> parameters);
  std::string Sealed(const Replay& replay);
  Result<Secret> Opened(std::string_view token, std::string_view sealed);

  store::Database& state_;
  const TenantHandle tenant_;
  Random& random_;
};

}  // namespace notify::agent::replay
