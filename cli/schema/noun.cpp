#include "cli/schema/noun.hpp"

#include "cli/schema/check.hpp"
#include "cli/schema/delete.hpp"
#include "cli/schema/get.hpp"
#include "cli/schema/list.hpp"
#include "cli/schema/put.hpp"
#include "cli/schema/upcast.hpp"

namespace notify::cli::schema {

void AddNoun(Command& root, Factory& factory) {
  auto& noun = root.Add("schema", "JSON Schemas: what the data of an event type must look like",
                        {"schemas", "sch"});
  AddSchemaPut(noun, factory, RunSchemaPut);
  AddSchemaGet(noun, factory, RunSchemaGet);
  AddSchemaList(noun, factory, RunSchemaList);
  AddSchemaCheck(noun, factory, RunSchemaCheck);
  AddSchemaDelete(noun, factory, RunSchemaDelete);
  AddSchemaUpcast(noun, factory);
}

}  // namespace notify::cli::schema
