#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "agent/async/executor.hpp"
#include "agent/async/task.hpp"
#include "agent/quota/meter.hpp"
#include "common/ids.hpp"

namespace notify::agent::quota {

/// What one user has spent: a meter for each thing that is counted apart.
///
/// Lifetime: shared by who counts and by the table, which forgets a row that is full.
/// Threads:  any.
using MeterRow = std::vector<Meter>;

/// The meters of all users, whatever connections and threads they come by. A row that has nothing
/// spent is forgotten, so that only users who just did something take memory.
///
/// Lifetime: as the agent; `home` and `clock` outlive it.
/// Threads:  any executor; answers come on the caller's.
class UserMeters {
 public:
  /// `meters` are in a row. The table is kept on `home`.
  UserMeters(async::Executor& home, const Clock& clock, std::size_t meters);

  /// A user's row. Keep it weakly, and ask again where it is gone: then nothing was spent.
  async::Task<std::shared_ptr<MeterRow>> Of(TenantId tenant, std::string user);

 private:
  std::shared_ptr<MeterRow> Find(const std::string& name);
  void ForgetFullOnes();

  async::Executor& home_;
  const Clock& clock_;
  const std::size_t meters_;

  // Of `home_`. Each row is shared with those that count in it.
  std::unordered_map<std::string, std::shared_ptr<MeterRow>> rows_;
  std::size_t look_at_;  // When the table has so many, full ones are forgotten.
};

}  // namespace notify::agent::quota
