#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::hub {

/// Adds `hub` and its verbs, and returns it.
Command& AddNoun(Command& root, Factory& factory);

}  // namespace notify::cli::hub
