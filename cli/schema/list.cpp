#include "cli/schema/list.hpp"

#include "cli/schema/columns.hpp"

namespace notify::cli::schema {

Command& AddSchemaList(Command& noun, Factory& factory, RunHook<SchemaListOptions> run) {
  auto& command = noun.Add("list", "List schemas, the newest version of each", {"ls"});
  auto& options = command.Own(SchemaListOptions{.factory = &factory});
  AddListWindow(command, options.window);
  command.Example("notifyctl schema list --tenant blue", "which types are checked");
  return command.Runs(options, std::move(run));
}

Status RunSchemaList(const SchemaListOptions& options) {
  return ListAndPrint(*options.factory, {.operation = "listSchemas"}, options.window,
                      {.columns = SchemaColumns(), .name_path = "type"},
                      "There are no schemas: notifyctl schema put TYPE -f FILE");
}

}  // namespace notify::cli::schema
