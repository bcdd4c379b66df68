#pragma once

#include <string>
#include <vector>

#include "common/schema/schema_document.hpp"

namespace notify::schema {

/// Of this folder's own: one reason why a value that fits `narrow` may not fit `wide`.
struct Uncovered {
  const nlohmann::json* wide = nullptr;  ///< The schemas that meet there, each in its document.
  const nlohmann::json* narrow = nullptr;
  std::string keyword;  ///< Of `wide`, or a path below it; empty: the schema as a whole.
  std::string why;
};

/// Compares schema with schema, by their keywords. No reason: whatever fits `narrow` fits `wide`,
/// with one exception that docs/schemas.md tells: a property that `narrow` does not name is taken
/// as absent. At most 20 reasons, and one of its own where the comparison would take too long.
std::vector<Uncovered> WhatDoesNotFit(const SchemaDocument& wide, const SchemaDocument& narrow);

}  // namespace notify::schema
