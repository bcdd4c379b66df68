#pragma once

#include <string>
#include <vector>

#include "common/schema/schema_document.hpp"

namespace notify::schema {

/// The `$ref` of each circle that comes back to a schema without going into a member or an item of
/// the data, so that checking it would never end. Expects a document whose references are resolved.
std::vector<std::string> CirclesOf(const SchemaDocument& document);

}  // namespace notify::schema
