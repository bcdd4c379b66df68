#pragma once

#include "cli/calls.hpp"
#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::schema {

struct SchemaListOptions {
  Factory* factory = nullptr;
  ListWindow window;
};

Command& AddSchemaList(Command& noun, Factory& factory, RunHook<SchemaListOptions> run);
/// Lists the newest version of each type's schema.
Status RunSchemaList(const SchemaListOptions& options);

}  // namespace notify::cli::schema
