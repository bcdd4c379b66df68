#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"

namespace notify::cli {

/// What the words on the command line ask for.
struct Parsed {
  const Command* command = nullptr;  ///< Never null.
  bool help = false;                 ///< `--help`, `-h` or the word `help`: show it, run nothing.
};

/// Reads `words` (without the program's name), fills the option structs of the command that they
/// name and returns it. Options of the root are taken behind any verb. kUsage with the nearest
/// known word or flag in the detail and the `--help` to read as the hint.
Result<Parsed> Parse(const Command& root, const std::vector<std::string>& words);

}  // namespace notify::cli
