#pragma once

#include <span>

#include "cli/output/printer.hpp"

namespace notify::cli::stream {

/// What a table says of a snapshot.
std::span<const output::Column> SnapshotColumns();

}  // namespace notify::cli::stream
