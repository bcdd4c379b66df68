#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::reference {

struct ReferenceOptions {
  Factory* factory = nullptr;
  const Command* root = nullptr;
  std::string what;
  std::string folder;
};

/// A hidden command for the build.
Command& AddReference(Command& root, Factory& factory, RunHook<ReferenceOptions> run);
/// Writes the man pages, the completions or the Markdown page into a folder.
Status RunReference(const ReferenceOptions& options);

struct CompletionOptions {
  Factory* factory = nullptr;
  const Command* root = nullptr;
  std::string shell;
};

Command& AddCompletion(Command& root, Factory& factory, RunHook<CompletionOptions> run);
/// Prints the completion script of a shell.
Status RunCompletion(const CompletionOptions& options);

}  // namespace notify::cli::reference
