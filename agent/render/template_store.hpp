#pragma once

#include <string_view>
#include <vector>

#include "agent/render/stored_template.hpp"
#include "agent/store/database.hpp"
#include "common/clock.hpp"

namespace notify::agent::render {

/// One tenant's own templates in its state.db.
///
/// Lifetime: short; refers to the database.
/// Threads:  that of the database.
class TemplateStore {
 public:
  /// Its tables in state.db.
  static const store::StageSchema kSchema;

  explicit TemplateStore(store::Database& state) : state_(state) {}

  /// All by id.
  Result<std::vector<StoredTemplate>> List();
  /// kNotFound.
  Result<StoredTemplate> Get(std::string_view id);
  /// Makes or replaces one and counts its version on; versions are never used again.
  Result<StoredTemplate> Put(StoredTemplate stored, Clock::WallTime now);
  /// kNotFound.
  Status Delete(std::string_view id, Clock::WallTime now);

 private:
  Result<std::vector<StoredTemplate>> Select(std::string_view where, std::string_view id);
  store::Database& state_;
};

}  // namespace notify::agent::render
