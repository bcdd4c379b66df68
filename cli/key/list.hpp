#pragma once

#include "cli/calls.hpp"
#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::key {

struct KeyListOptions {
  Factory* factory = nullptr;
  ListWindow window;
};

Command& AddKeyList(Command& noun, Factory& factory, RunHook<KeyListOptions> run);
/// Lists the API keys of a tenant, without their secrets.
Status RunKeyList(const KeyListOptions& options);

}  // namespace notify::cli::key
