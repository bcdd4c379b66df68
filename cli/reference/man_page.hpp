#pragma once

#include <string>

#include "cli/command.hpp"

namespace notify::cli::reference {

/// notifyctl.1: the program, its commands, global flags, formats, environment and exit codes.
std::string MainPage(const Command& root);

/// notifyctl-<noun>.1: a command of the root with all its verbs.
std::string CommandPage(const Command& root, const Command& command);

/// The same as one Markdown document for the docs.
std::string MarkdownPage(const Command& root);

}  // namespace notify::cli::reference
