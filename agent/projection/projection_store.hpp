#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "agent/projection/generation.hpp"
#include "agent/store/database.hpp"

namespace notify::agent::projection {

/// What a tenant registered, and its generations, in its state.db.
///
/// Lifetime: short; refers to the database.
/// Threads:  that of the database.
class ProjectionStore {
 public:
  explicit ProjectionStore(store::Database& state) : state_(state) {}

  /// All, by name. kInternal where a row cannot be read.
  Result<std::vector<Registered>> List();
  /// Adds one with its first generation, whose id it gets.
  Status Create(Registered& registered);
  /// Adds `next`, which gets its id, as the generation that is built; another one that was is
  /// dropped. Writes the version and its time.
  Status Build(const Registered& registered, Generation& next);
  /// Writes how far a generation is. Within the caller's transaction with its states.
  Status Save(const Generation& generation);
  /// The generation that is built serves from now on; the one before is dropped.
  Status Swap(const Registered& registered);
  /// Its generations are dropped.
  Status Delete(std::string_view name);

  /// Removes at most `rows` states of dropped generations. Whether there may be more.
  Result<bool> Sweep(std::int64_t rows);

 private:
  Status Insert(Generation& generation);
  Status Drop(std::string_view name, Generation::Role role);

  store::Database& state_;
};

}  // namespace notify::agent::projection
