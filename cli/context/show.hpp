#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::context {

struct ContextShowOptions {
  Factory* factory = nullptr;
  std::string name;
};

Command& AddContextShow(Command& noun, Factory& factory, RunHook<ContextShowOptions> run);
/// Shows one context, or with no name what a command would use now and why. Never a token.
Status RunContextShow(const ContextShowOptions& options);

}  // namespace notify::cli::context
