#pragma once

#include <span>

#include "cli/output/printer.hpp"

namespace notify::cli::schema {

/// What people see of a schema.
std::span<const output::Column> SchemaColumns();

}  // namespace notify::cli::schema
