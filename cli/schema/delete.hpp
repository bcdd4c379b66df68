#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::schema {

struct SchemaDeleteOptions {
  Factory* factory = nullptr;
  std::string type;
  bool yes = false;
  bool dry_run = false;
};

Command& AddSchemaDelete(Command& noun, Factory& factory, RunHook<SchemaDeleteOptions> run);
/// Deletes all versions of a type's schema. kUsage without `yes`.
Status RunSchemaDelete(const SchemaDeleteOptions& options);

}  // namespace notify::cli::schema
