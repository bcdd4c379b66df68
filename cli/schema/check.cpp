#include "cli/schema/check.hpp"

#include "cli/calls.hpp"
#include "cli/files.hpp"
#include "common/schema/compatibility.hpp"

namespace notify::cli::schema {
namespace {

using ::notify::schema::JsonSchema;

Error Usage(std::string why) {
  return Fail(Errc::kUsage, std::move(why), "notifyctl schema check --help");
}

Status PrintValid(Factory& factory, const std::string& note) {
  auto printer = factory.Printer();
  if (!printer) return std::move(printer.error());
  static constexpr output::Column kColumns[] = {{"VALID", "valid"}};
  printer->Object(Value::Object().Set("valid", true), kColumns, "valid");
  printer->Note(note);
  return {};
}

Result<std::shared_ptr<const JsonSchema>> Compile(Factory& factory, const std::string& file) {
  auto text = ReadInput(file, factory.streams());
  if (!text) return std::move(text.error());
  auto compiled = JsonSchema::Compile(std::move(*text));
  if (!compiled) compiled.error().detail.insert(0, file + ": ");
  return compiled;
}

/// The data to be checked: a file of its own, or the `data` of an event.
Result<std::string> ReadData(const SchemaCheckOptions& options) {
  auto& streams = options.factory->streams();
  auto text = ReadInput(options.data.empty() ? options.event : options.data, streams);
  if (!text) return text;
  auto parsed = Value::Parse(*text);
  if (!parsed) return std::move(parsed.error());
  if (!options.data.empty()) return text;
  const Value* data = parsed->Find("data");
  if (data == nullptr) {
    return Fail(Errc::kInvalidEvent, options.event + " has no 'data': it is not an event.",
                "Give the data alone with --data FILE.");
  }
  return data->Compact();
}

Status CheckFiles(const SchemaCheckOptions& options) {
  Factory& factory = *options.factory;
  auto schema = Compile(factory, options.file);
  if (!schema) return std::move(schema.error());
  if (!options.against.empty()) {
    auto older = Compile(factory, options.against);
    if (!older) return std::move(older.error());
    const auto rule = ::notify::schema::ParseCompatibility(
        options.compatibility.empty() ? "backward" : options.compatibility);
    if (!rule) return rule.error();
    if (auto kept = CheckCompatible(**older, **schema, *rule); !kept) return kept;
  }
  if (options.event.empty() && options.data.empty()) {
    return PrintValid(factory, options.file + " is a schema that may be put.");
  }
  auto data = ReadData(options);
  if (!data) return std::move(data.error());
  if (auto fits = (*schema)->Check(*data); !fits) {
    // As the agent says it: places in an event begin at the event.
    for (FieldError& one : fits.error().errors) {
      if (!options.event.empty()) one.pointer.insert(0, "/data");
    }
    return fits;
  }
  return PrintValid(factory, "The data fits.");
}

Status AskAgent(const SchemaCheckOptions& options) {
  Factory& factory = *options.factory;
  if (!options.against.empty() || !options.data.empty()) {
    return Usage("With TYPE the agent's own schema counts: --against and --data are for files.");
  }
  const bool event = !options.event.empty();
  auto text = ReadInput(event ? options.event : options.file, factory.streams());
  if (!text) return std::move(text.error());
  client::Request request{.operation = event ? "validateEvent" : "checkSchema",
                          .path = {{"id", options.type}},
                          .body = std::move(*text)};
  if (!event) request.With("compatibility", options.compatibility);
  static constexpr output::Column kColumns[] = {
      {"VALID", "valid"}, {"VERSION", "version"}, {"COMPATIBILITY", "compatibility"}};
  return CallAndPrint(factory, request, {.columns = kColumns, .name_path = "valid"});
}

}  // namespace

Command& AddSchemaCheck(Command& noun, Factory& factory, RunHook<SchemaCheckOptions> run) {
  auto& command =
      noun.Add("check", "Check events and schemas without changing anything", {"validate", "test"});
  auto& options = command.Own(SchemaCheckOptions{.factory = &factory});
  command.Describe(
      "Without TYPE only files are read, and no agent is needed: an event or its data against a "
      "schema, a schema against the one before. With TYPE the agent is asked what it would "
      "answer.\n\nExit code 8: it does not fit, or is no schema; 5: it breaks the rule.");
  command.Argument("TYPE", options.type, "whose schema the agent has (default: files only)");
  command.Option("-f,--file", "FILE", options.file, "a schema; - is standard input");
  command.Option("--event", "FILE", options.event, "an event to check");
  command.Option("--data", "FILE", options.data, "the data of an event to check");
  command.Option("--against", "FILE", options.against, "the schema before, for the rule");
  command.Option("--compatibility", "RULE", options.compatibility, "the rule (default: backward)")
      .OneOf({"none", "backward", "full"});
  command.Example("notifyctl schema check -f payment.json --event event.json", "in CI, no agent");
  command.Example("notifyctl schema check -f new.json --against old.json --compatibility full",
                  "may this be the next version?");
  command.Example("notifyctl schema check payment.processed -f new.json --tenant blue",
                  "what schema put would answer");
  return command.Runs(options, std::move(run));
}

Status RunSchemaCheck(const SchemaCheckOptions& options) {
  if (options.file.empty() && options.type.empty()) {
    return Usage("There is nothing to check by: name a schema with -f FILE, or the agent's TYPE.");
  }
  if (!options.event.empty() && !options.data.empty()) {
    return Usage("--event and --data exclude each other.");
  }
  if (options.type.empty()) return CheckFiles(options);
  if (options.file.empty() == options.event.empty()) {
    return Usage("With TYPE give either a schema (-f FILE) or an event (--event FILE).");
  }
  return AskAgent(options);
}

}  // namespace notify::cli::schema
