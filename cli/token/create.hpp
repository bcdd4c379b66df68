#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::token {

struct TokenCreateOptions {
  Factory* factory = nullptr;
  std::string user;
  std::string role;
  std::string ttl;
  bool dry_run = false;
};

Command& AddTokenCreate(Command& noun, Factory& factory, RunHook<TokenCreateOptions> run);
/// Creates a hub token for a user and prints it. kInvalidArgument for a `ttl` that is not a
/// duration.
Status RunTokenCreate(const TokenCreateOptions& options);

}  // namespace notify::cli::token
