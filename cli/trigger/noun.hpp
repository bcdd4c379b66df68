#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::trigger {

/// Adds `trigger` and its verbs.
void AddNoun(Command& root, Factory& factory);

}  // namespace notify::cli::trigger
