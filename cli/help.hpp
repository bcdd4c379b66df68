#pragma once

#include <string>

#include "cli/command.hpp"

namespace notify::cli {

/// The `--help` of a command: what it does, how to call it, its arguments, flags and examples.
/// `root` adds the global flags.
std::string HelpText(const Command& root, const Command& command);

/// "notifyctl tenant create [ID] [flags]".
std::string UsageLine(const Command& command);

}  // namespace notify::cli
