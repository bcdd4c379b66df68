#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli {

/// Adds every command to `root`: the whole grammar in one list.
void AddCommands(Command& root, Factory& factory);

/// Runs `notifyctl` with these words (without the program's name) and returns its exit code. Data
/// goes to the factory's standard output, failures to its standard error.
int RunApp(Factory& factory, const std::vector<std::string>& words);

}  // namespace notify::cli
