#pragma once

#include <span>

#include "cli/output/printer.hpp"

namespace notify::cli::connection {

/// What people see of a connection.
std::span<const output::Column> ConnectionColumns();

}  // namespace notify::cli::connection
