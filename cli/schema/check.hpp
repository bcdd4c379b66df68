#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::schema {

struct SchemaCheckOptions {
  Factory* factory = nullptr;
  std::string type;   ///< Empty: files only, without an agent.
  std::string file;   ///< A schema.
  std::string event;  ///< An event in a file.
  std::string data;   ///< An event's data in a file.
  std::string against;
  std::string compatibility;
};

Command& AddSchemaCheck(Command& noun, Factory& factory, RunHook<SchemaCheckOptions> run);
/// Checks a schema, an event by a schema, or a schema by the one before; changes nothing. With
/// `type` the agent is asked, else only files are read.
///
/// kInvalidArgument  the schema is none, with lines.
/// kInvalidEvent     the event does not fit, with pointers and lines.
/// kConflict         the schema breaks the rule, with reasons.
Status RunSchemaCheck(const SchemaCheckOptions& options);

}  // namespace notify::cli::schema
