#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::key {

struct KeyRevokeOptions {
  Factory* factory = nullptr;
  std::string id;
  bool dry_run = false;
};

Command& AddKeyRevoke(Command& noun, Factory& factory, RunHook<KeyRevokeOptions> run);
/// Revokes an API key. kNotFound where the tenant has none of that id.
Status RunKeyRevoke(const KeyRevokeOptions& options);

}  // namespace notify::cli::key
