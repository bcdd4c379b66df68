#include "cli/token/noun.hpp"

#include "cli/token/create.hpp"
#include "cli/token/revoke.hpp"

namespace notify::cli::token {

void AddNoun(Command& root, Factory& factory) {
  auto& noun =
      root.Add("token", "Hub tokens of a tenant's users, for browsers and apps", {"tokens", "tok"});
  AddTokenCreate(noun, factory, RunTokenCreate);
  AddTokenRevoke(noun, factory, RunTokenRevoke);
}

}  // namespace notify::cli::token
