#pragma once

#include <span>

#include "cli/output/printer.hpp"

namespace notify::cli::event {

/// What people see of an event.
std::span<const output::Column> EventColumns();

}  // namespace notify::cli::event
