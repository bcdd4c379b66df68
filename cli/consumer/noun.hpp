#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::consumer {

/// Adds `consumer` and its verbs.
void AddNoun(Command& root, Factory& factory);

}  // namespace notify::cli::consumer
