#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::migrate {

/// Adds `migrate` with its verbs.
void AddNoun(Command& root, Factory& factory);

}  // namespace notify::cli::migrate
