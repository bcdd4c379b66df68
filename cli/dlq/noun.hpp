#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::dlq {

/// Adds `dlq` and its verbs.
void AddNoun(Command& root, Factory& factory);

}  // namespace notify::cli::dlq
