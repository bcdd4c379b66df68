#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/schema/upcaster.hpp"
#include "agent/store/database.hpp"

namespace notify::agent::schema {

/// One tenant's upcasters in its state.db.
///
/// Lifetime: short; refers to the database.
/// Threads:  that of the database.
class UpcastStore {
 public:
  /// Its tables in state.db.
  static const store::StageSchema kSchema;

  explicit UpcastStore(store::Database& state) : state_(state) {}

  /// All, by type and version.
  Result<std::vector<StoredUpcaster>> List();
  /// Adds or replaces one.
  Status Put(const StoredUpcaster& upcaster);
  Status Delete(std::string_view type, std::int64_t from);
  Status DeleteAll(std::string_view type);

 private:
  store::Database& state_;
};

}  // namespace notify::agent::schema
