#include "cli/schema/delete.hpp"

#include "cli/calls.hpp"

namespace notify::cli::schema {

Command& AddSchemaDelete(Command& noun, Factory& factory, RunHook<SchemaDeleteOptions> run) {
  auto& command = noun.Add("delete", "Delete all versions of a schema", {"rm"});
  auto& options = command.Own(SchemaDeleteOptions{.factory = &factory});
  command.Argument("TYPE", options.type, "of the events").Required();
  command.Flag("-y,--yes", options.yes, "really delete it");
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl schema delete payment.processed --tenant blue --yes",
                  "events of this type are not checked any more");
  return command.Runs(options, std::move(run));
}

Status RunSchemaDelete(const SchemaDeleteOptions& options) {
  const client::Request request{.operation = "deleteSchema", .path = {{"id", options.type}}};
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  if (!options.yes) {
    return Fail(Errc::kUsage, "This deletes all versions of the schema of " + options.type + ".",
                "notifyctl schema delete " + options.type + " --yes");
  }
  return CallAndPrint(*options.factory, request,
                      {.note = "The schema of " + options.type + " is deleted."});
}

}  // namespace notify::cli::schema
