#include "cli/schema/put.hpp"

#include "cli/calls.hpp"
#include "cli/files.hpp"
#include "cli/schema/columns.hpp"

namespace notify::cli::schema {

Command& AddSchemaPut(Command& noun, Factory& factory, RunHook<SchemaPutOptions> run) {
  auto& command =
      noun.Add("put", "Add a version of a type's schema from a file", {"apply", "create"});
  auto& options = command.Own(SchemaPutOptions{.factory = &factory});
  command.Describe(
      "The file is a JSON Schema. It is kept byte for byte, so that a refused event names the line "
      "that refuses it. The same text again adds no version.");
  command.Argument("TYPE", options.type, "of the events").Required();
  command.Option("-f,--file", "FILE", options.file, "JSON; - is standard input").Required();
  command
      .Option("--compatibility", "RULE", options.compatibility,
              "what this and later versions keep to (default: as before, at first backward)")
      .OneOf({"none", "backward", "full"});
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl schema put payment.processed -f payment.json --tenant blue",
                  "events of this type are checked from now on");
  command.Example(
      "notifyctl schema put payment.processed -f payment.json --compatibility full --tenant blue",
      "old readers must cope with new events too");
  return command.Runs(options, std::move(run));
}

Status RunSchemaPut(const SchemaPutOptions& options) {
  auto& factory = *options.factory;
  auto text = ReadInput(options.file, factory.streams());
  if (!text) return std::move(text.error());
  client::Request request{.operation = "putSchema",
                          .path = {{"id", options.type}},
                          .content_type = "application/schema+json",
                          .body = std::move(*text)};
  request.With("compatibility", options.compatibility);
  if (options.dry_run) return PrintDryRun(factory, request);
  return CallAndPrint(factory, request, {.columns = SchemaColumns(), .name_path = "type"});
}

}  // namespace notify::cli::schema
