#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::connection {

/// Adds `connection` and its verbs.
void AddNoun(Command& root, Factory& factory);

}  // namespace notify::cli::connection
