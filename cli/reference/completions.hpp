#pragma once

#include <string>

#include "cli/command.hpp"
#include "common/result.hpp"

namespace notify::cli::reference {

/// The completion script for `bash`, `zsh` or `fish`, made from the command tree. kUsage for
/// another shell.
Result<std::string> CompletionScript(const Command& root, std::string_view shell);

}  // namespace notify::cli::reference
