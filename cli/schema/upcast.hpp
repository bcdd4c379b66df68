#pragma once

#include <cstdint>
#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::schema {

/// What the verbs of `schema upcast` take; each has its part.
struct SchemaUpcastOptions {
  Factory* factory = nullptr;
  std::string type;
  std::int64_t from = 0;
  std::string file;
  std::string data;
  bool yes = false;
  bool dry_run = false;
};

/// Adds `upcast` with put, list, test and delete.
void AddSchemaUpcast(Command& noun, Factory& factory);

Status RunUpcastPut(const SchemaUpcastOptions& options);
Status RunUpcastList(const SchemaUpcastOptions& options);
/// With a file: without an agent; with a type: by the agent's chain. kInvalidArgument where a patch
/// cannot be applied.
Status RunUpcastTest(const SchemaUpcastOptions& options);
/// kUsage without `yes`.
Status RunUpcastDelete(const SchemaUpcastOptions& options);

}  // namespace notify::cli::schema
