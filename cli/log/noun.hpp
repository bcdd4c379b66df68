#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::log {

/// Adds `log` and its verbs.
void AddNoun(Command& root, Factory& factory);

}  // namespace notify::cli::log
