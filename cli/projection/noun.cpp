#include "cli/projection/noun.hpp"

#include "cli/projection/create.hpp"
#include "cli/projection/delete.hpp"
#include "cli/projection/get.hpp"
#include "cli/projection/list.hpp"
#include "cli/projection/query.hpp"
#include "cli/projection/rebuild.hpp"

namespace notify::cli::projection {

void AddNoun(Command& root, Factory& factory) {
  auto& noun = root.Add("projection", "Projections: state by key, folded from the log",
                        {"projections", "proj"});
  AddProjectionCreate(noun, factory, RunProjectionCreate);
  AddProjectionApply(noun, factory, RunProjectionCreate);
  AddProjectionList(noun, factory, RunProjectionList);
  AddProjectionGet(noun, factory, RunProjectionGet);
  AddProjectionQuery(noun, factory, RunProjectionQuery);
  AddProjectionRebuild(noun, factory, RunProjectionRebuild);
  AddProjectionDelete(noun, factory, RunProjectionDelete);
}

}  // namespace notify::cli::projection
