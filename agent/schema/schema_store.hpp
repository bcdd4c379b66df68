#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/schema/stored_schema.hpp"
#include "agent/store/database.hpp"
#include "common/clock.hpp"

namespace notify::agent::schema {

/// One tenant's schemas in its state.db.
///
/// Lifetime: short; refers to the database.
/// Threads:  that of the database.
class SchemaStore {
 public:
  /// Its tables in state.db.
  static const store::StageSchema kSchema;

  /// Of each type, so many of its newest versions can be named by an event.
  static constexpr std::int64_t kVersionsInForce = 10;

  explicit SchemaStore(store::Database& state) : state_(state) {}

  /// The newest version of each type above `after`, by type; at most `limit`.
  Result<std::vector<StoredSchema>> List(std::string_view after, std::size_t limit);
  /// A version, or the newest. kNotFound.
  Result<StoredSchema> Get(std::string_view type, std::optional<std::int64_t> version);
  /// All versions in force, by type, the newest first.
  Result<std::vector<StoredSchema>> InForce();

  /// Writes the next version, or only the rule where the newest has the same text. Versions of a
  /// deleted schema are not used again.
  struct Put {
    StoredSchema schema;
    bool created = false;  ///< A new version.
    bool changed = false;  ///< It, or the rule.
  };
  Result<Put> Add(StoredSchema draft, Clock::WallTime now);
  /// All versions of a type. kNotFound.
  Status Delete(std::string_view type, Clock::WallTime now);

 private:
  Result<std::vector<StoredSchema>> Select(std::string_view tail,
                                           std::initializer_list<store::Parameter> parameters);
  Status Write(Put& put, Clock::WallTime now);

  store::Database& state_;
};

}  // namespace notify::agent::schema
