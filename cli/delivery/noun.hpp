#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::delivery {

/// Adds `delivery` and its verbs.
void AddNoun(Command& root, Factory& factory);

}  // namespace notify::cli::delivery
