#pragma once

#include <span>
#include <string_view>

namespace notify::cli::top_level {

/// One file that `init` writes.
struct InitFile {
  std::string_view path;
  std::string_view text;
};

/// All of them, in the order in which a reader should open them.
std::span<const InitFile> InitFiles();

}  // namespace notify::cli::top_level
