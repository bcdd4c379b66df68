#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::stream {

/// Adds `stream` and its verbs.
void AddNoun(Command& root, Factory& factory);

}  // namespace notify::cli::stream
