#include "cli/schema/get.hpp"

#include "cli/calls.hpp"
#include "cli/schema/columns.hpp"

namespace notify::cli::schema {

Command& AddSchemaGet(Command& noun, Factory& factory, RunHook<SchemaGetOptions> run) {
  auto& command = noun.Add("get", "Print a schema as it was put", {"show"});
  auto& options = command.Own(SchemaGetOptions{.factory = &factory});
  command.Argument("TYPE", options.type, "of the events").Required();
  command.Option("--version", "N", options.version, "an earlier version (default: the newest)");
  command.Example("notifyctl schema get payment.processed --tenant blue > payment.json",
                  "the text, byte for byte");
  command.Example("notifyctl schema get payment.processed --version 1 -o json",
                  "with version, rule and time");
  return command.Runs(options, std::move(run));
}

Status RunSchemaGet(const SchemaGetOptions& options) {
  auto& factory = *options.factory;
  client::Request request{.operation = "getSchema", .path = {{"id", options.type}}};
  if (options.version) request.With("version", std::to_string(*options.version));
  auto printer = factory.Printer();
  if (!printer) return std::move(printer.error());
  if (printer->machine_readable()) {
    return CallAndPrint(factory, request, {.columns = SchemaColumns(), .name_path = "type"});
  }
  auto client = factory.Client();
  if (!client) return std::move(client.error());
  const auto answer = (*client)->Call(request);
  if (!answer) return answer.error();
  std::string text = answer->Text("text");
  if (!text.ends_with('\n')) text += '\n';
  factory.streams().Out(text);
  return {};
}

}  // namespace notify::cli::schema
