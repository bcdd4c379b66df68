#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::key {

struct KeyCreateOptions {
  Factory* factory = nullptr;
  std::string role;
  std::string name;
  bool dry_run = false;
};

Command& AddKeyCreate(Command& noun, Factory& factory, RunHook<KeyCreateOptions> run);
/// Creates an API key and prints it, this once.
Status RunKeyCreate(const KeyCreateOptions& options);

}  // namespace notify::cli::key
