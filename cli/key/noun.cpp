#include "cli/key/noun.hpp"

#include "cli/key/create.hpp"
#include "cli/key/list.hpp"
#include "cli/key/revoke.hpp"

namespace notify::cli::key {

void AddNoun(Command& root, Factory& factory) {
  auto& noun = root.Add("key", "API keys of a tenant, for services", {"keys", "k"});
  AddKeyCreate(noun, factory, RunKeyCreate);
  AddKeyList(noun, factory, RunKeyList);
  AddKeyRevoke(noun, factory, RunKeyRevoke);
}

}  // namespace notify::cli::key
