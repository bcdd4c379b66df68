#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::context {

/// Endpoint, token and tenant come from the global flags.
struct ContextSetOptions {
  Factory* factory = nullptr;
  std::string name;
  bool use = false;
};

Command& AddContextSet(Command& noun, Factory& factory, RunHook<ContextSetOptions> run);
/// Remembers what was given under a name; what was not given stays. The first context, and one set
/// with `use`, is the one in use. A token `-` is read from standard input.
Status RunContextSet(const ContextSetOptions& options);

}  // namespace notify::cli::context
