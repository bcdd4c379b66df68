#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::context {

struct ContextDeleteOptions {
  Factory* factory = nullptr;
  std::string name;
};

Command& AddContextDelete(Command& noun, Factory& factory, RunHook<ContextDeleteOptions> run);
/// Forgets a context. kNotFound where there is none of that name.
Status RunContextDelete(const ContextDeleteOptions& options);

}  // namespace notify::cli::context
