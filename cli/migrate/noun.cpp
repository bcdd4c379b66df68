#include "cli/migrate/noun.hpp"

#include "cli/migrate/single_to_multi.hpp"

namespace notify::cli::migrate {

void AddNoun(Command& root, Factory& factory) {
  auto& noun = root.Add("migrate", "Bring in the data of another installation");
  AddSingleToMulti(noun, factory, RunSingleToMulti);
}

}  // namespace notify::cli::migrate
