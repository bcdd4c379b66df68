#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::tenant {

/// Adds `tenant` and its verbs.
void AddNoun(Command& root, Factory& factory);

}  // namespace notify::cli::tenant
