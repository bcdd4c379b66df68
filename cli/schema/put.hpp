#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::schema {

struct SchemaPutOptions {
  Factory* factory = nullptr;
  std::string type;
  std::string file;
  std::string compatibility;
  bool dry_run = false;
};

Command& AddSchemaPut(Command& noun, Factory& factory, RunHook<SchemaPutOptions> run);
/// Adds the schema in a file as the type's next version.
Status RunSchemaPut(const SchemaPutOptions& options);

}  // namespace notify::cli::schema
