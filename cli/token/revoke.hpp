#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::token {

struct TokenRevokeOptions {
  Factory* factory = nullptr;
  std::string user;
  bool dry_run = false;
};

Command& AddTokenRevoke(Command& noun, Factory& factory, RunHook<TokenRevokeOptions> run);
/// Revokes all tokens of a user.
Status RunTokenRevoke(const TokenRevokeOptions& options);

}  // namespace notify::cli::token
