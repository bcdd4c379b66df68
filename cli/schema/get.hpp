#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::schema {

struct SchemaGetOptions {
  Factory* factory = nullptr;
  std::string type;
  std::optional<std::int64_t> version;
};

Command& AddSchemaGet(Command& noun, Factory& factory, RunHook<SchemaGetOptions> run);
/// Prints a schema's text as it was put; with -o json what the agent knows of it.
Status RunSchemaGet(const SchemaGetOptions& options);

}  // namespace notify::cli::schema
