#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::context {

struct ContextListOptions {
  Factory* factory = nullptr;
};

Command& AddContextList(Command& noun, Factory& factory, RunHook<ContextListOptions> run);
/// Lists the remembered contexts, without their tokens.
Status RunContextList(const ContextListOptions& options);

}  // namespace notify::cli::context
