#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::templates {

/// Adds `template` and its verbs.
void AddNoun(Command& root, Factory& factory);

}  // namespace notify::cli::templates
