#pragma once

#include <span>

#include "cli/output/printer.hpp"

namespace notify::cli::consumer {

/// What people see of a consumer.
std::span<const output::Column> ConsumerColumns();
/// What people see of an event that a consumer gives.
std::span<const output::Column> FetchedColumns();

}  // namespace notify::cli::consumer
