#pragma once

#include <string>
#include <string_view>

#include "cli/value.hpp"
#include "common/result.hpp"

namespace notify::cli {

/// A value as YAML 1.2 that reads back as the same value, with a line feed at the end.
std::string ToYaml(const Value& value);

/// The first document of a YAML text, which may be JSON. Plain scalars are typed by YAML 1.2's core
/// schema; aliases are followed. kInvalidArgument with `name`, line and column.
Result<Value> FromYaml(std::string_view text, const std::string& name);

}  // namespace notify::cli
