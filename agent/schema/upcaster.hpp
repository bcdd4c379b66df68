#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/model/json_patch.hpp"

namespace notify::agent::schema {

/// One upcaster as it was put: how the data of a type's events goes from one version of its schema
/// to the next.
struct StoredUpcaster {
  std::string type;
  std::int64_t from = 1;  ///< The version that it lifts; to the next one.
  std::string text;       ///< `{"patch": […]}` or `{"merge": {…}}`, as it was put.
  std::int64_t created_ms = 0;
};

/// What lifts one version, ready to be applied: a JSON Patch (RFC 6902) or a merge patch (RFC 7396)
/// of the data.
///
/// Lifetime: immutable.
/// Threads:  any.
class Upcaster {
 public:
  static constexpr std::size_t kMostBytes = 64 << 10;

  /// Reads `{"patch": […]}` or `{"merge": {…}}`. kInvalidJson, kInvalidArgument with a pointer for
  /// each mistake.
  static Result<Upcaster> Compile(std::string_view text);

  /// kInvalidArgument  why it cannot be applied to this data; `data` is as before.
  Status Apply(JsonValue& data) const;

 private:
  std::optional<JsonPatch> patch_;
  JsonValue merge_;
};

/// `{type, from, to, patch or merge, createdAt, failed}`; `failed` counts the readings that it
/// could not lift since the start.
std::string UpcasterJson(const StoredUpcaster& upcaster, std::uint64_t failed);

}  // namespace notify::agent::schema
