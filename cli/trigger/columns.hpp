#pragma once

#include <span>

#include "cli/output/printer.hpp"

namespace notify::cli::trigger {

/// What people see of a trigger.
std::span<const output::Column> TriggerColumns();

}  // namespace notify::cli::trigger
