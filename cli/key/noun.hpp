#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::key {

/// Adds `key` and its verbs.
void AddNoun(Command& root, Factory& factory);

}  // namespace notify::cli::key
