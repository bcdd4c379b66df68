#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::context {

struct ContextUseOptions {
  Factory* factory = nullptr;
  std::string name;
};

Command& AddContextUse(Command& noun, Factory& factory, RunHook<ContextUseOptions> run);
/// Makes a remembered context the one in use. kNotFound where there is none of that name.
Status RunContextUse(const ContextUseOptions& options);

}  // namespace notify::cli::context
