#include "cli/context/noun.hpp"

#include "cli/context/delete.hpp"
#include "cli/context/list.hpp"
#include "cli/context/set.hpp"
#include "cli/context/show.hpp"
#include "cli/context/use.hpp"

namespace notify::cli::context {

void AddNoun(Command& root, Factory& factory) {
  auto& noun = root.Add("context", "Remembered agents: endpoint, token and tenant under a name",
                        {"contexts", "ctx"});
  AddContextList(noun, factory, RunContextList);
  AddContextUse(noun, factory, RunContextUse);
  AddContextSet(noun, factory, RunContextSet);
  AddContextShow(noun, factory, RunContextShow);
  AddContextDelete(noun, factory, RunContextDelete);
}

}  // namespace notify::cli::context
