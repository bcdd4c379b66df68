#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::context {

/// Adds `context` and its verbs.
void AddNoun(Command& root, Factory& factory);

}  // namespace notify::cli::context
