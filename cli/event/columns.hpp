#pragma once

#include <span>

#include "cli/output/printer.hpp"

namespace notify::cli::event {

/// What people see of an event.
std::span<const output::Column> EventColumns();
/// What people see of an event that is scheduled.
std::span<const output::Column> ScheduledColumns();

}  // namespace notify::cli::event
