#pragma once

#include <span>

#include "cli/output/printer.hpp"

namespace notify::cli::projection {

/// What people see of a projection.
std::span<const output::Column> ProjectionColumns();
/// What people see of one key's state.
std::span<const output::Column> StateColumns();

}  // namespace notify::cli::projection
