#include "cli/schema/upcast.hpp"

#include <array>
#include <utility>
#include <vector>

#include "cli/calls.hpp"
#include "cli/files.hpp"
#include "common/model/json_patch.hpp"
#include "common/model/object_reader.hpp"

namespace notify::cli::schema {
namespace {

constexpr std::array<output::Column, 6> kColumns = {{{"TYPE", "type"},
                                                     {"FROM", "from"},
                                                     {"TO", "to"},
                                                     {"FAILED", "failed"},
                                                     {"CREATED", "createdAt"},
                                                     {"PATCH", "patch", true}}};
constexpr std::array<output::Column, 3> kLifted = {
    {{"FROM", "from"}, {"TO", "to"}, {"DATA", "data"}}};

client::Request ToVersion(const SchemaUpcastOptions& options, std::string operation) {
  return {.operation = std::move(operation),
          .path = {{"id", options.type}, {"version", std::to_string(options.from)}}};
}

/// The data, lifted by an upcaster in a file.
Status TestFile(const SchemaUpcastOptions& options, const std::string& data_text) {
  auto text = ReadInput(options.file, options.factory->streams());
  if (!text) return std::move(text.error());
  auto upcaster = Value::Parse(*text);
  if (!upcaster) return std::move(upcaster.error());
  auto data = Value::Parse(data_text);
  if (!data) return std::move(data.error());
  const Value* patch = upcaster->Find("patch");
  const Value* merge = upcaster->Find("merge");
  if ((patch == nullptr) == (merge == nullptr)) {
    return Fail(Errc::kInvalidArgument,
                options.file + " must have either 'patch' (RFC 6902) or 'merge' (RFC 7396).");
  }
  if (patch != nullptr) {
    std::vector<FieldError> errors;
    const JsonPatch compiled = JsonPatch::Parse(*patch, "/patch", errors);
    if (auto good = RefuseIfAny(std::move(errors)); !good) return good;
    if (auto applied = compiled.Apply(*data); !applied) return applied;
  } else {
    MergePatch(*data, *merge);
  }
  auto printer = options.factory->Printer();
  if (!printer) return std::move(printer.error());
  printer->Object(Value::Object().Set("data", std::move(*data)), kLifted, "data");
  return {};
}

}  // namespace

void AddSchemaUpcast(Command& noun, Factory& factory) {
  auto& group = noun.Add("upcast", "What lifts old versions of events as they are read");
  group.Example("notifyctl schema upcast put payment.processed --from 1 -f v1-to-v2.json",
                "then events of version 1 are read as of version 2");
  auto& put = group.Add("put", "Lift a version to the next one by a patch", {"apply", "create"});
  auto& put_options = put.Own(SchemaUpcastOptions{.factory = &factory});
  put.Describe(
      "The file has either 'patch', a JSON Patch (RFC 6902), or 'merge', a merge patch (RFC 7396), "
      "of the event's data. Versions are lifted one after another, to the end of the chain; what "
      "is "
      "stored stays as it is (event get --raw).");
  put.Argument("TYPE", put_options.type, "of the events").Required();
  put.Option("--from", "N", put_options.from, "the version that it lifts").Required();
  put.Option("-f,--file", "FILE", put_options.file, "JSON; - is standard input").Required();
  AddDryRun(put, put_options.dry_run);
  put.Example("notifyctl schema upcast put payment.processed --from 1 -f v1-to-v2.json",
              R"({"patch": [{"op": "move", "from": "/sum", "path": "/amount"}]})");
  put.Runs(put_options, RunHook<SchemaUpcastOptions>(RunUpcastPut));

  auto& list = group.Add("list", "List the upcasters of a type", {"ls"});
  auto& list_options = list.Own(SchemaUpcastOptions{.factory = &factory});
  list.Argument("TYPE", list_options.type, "of the events").Required();
  list.Example("notifyctl schema upcast list payment.processed --tenant blue",
               "the chain, and how often each could not lift an event");
  list.Runs(list_options, RunHook<SchemaUpcastOptions>(RunUpcastList));

  auto& test = group.Add("test", "Lift data without storing anything", {"try"});
  auto& test_options = test.Own(SchemaUpcastOptions{.factory = &factory});
  test.Describe(
      "With -f by the upcaster in a file, without an agent; with TYPE and --from by the agent's "
      "whole chain.\n\nExit code 8: it cannot be lifted.");
  test.Argument("TYPE", test_options.type, "whose chain the agent has (default: a file)");
  test.Option("--from", "N", test_options.from, "the version of the data");
  test.Option("-f,--file", "FILE", test_options.file, "an upcaster");
  test.Option("--data", "FILE", test_options.data, "the data; - is standard input").Required();
  test.Example("notifyctl schema upcast test -f v1-to-v2.json --data old.json", "in CI, no agent");
  test.Runs(test_options, RunHook<SchemaUpcastOptions>(RunUpcastTest));

  auto& remove = group.Add("delete", "Delete an upcaster at an end of the chain", {"rm"});
  auto& remove_options = remove.Own(SchemaUpcastOptions{.factory = &factory});
  remove.Argument("TYPE", remove_options.type, "of the events").Required();
  remove.Option("--from", "N", remove_options.from, "the version that it lifts").Required();
  remove.Flag("-y,--yes", remove_options.yes, "really delete it");
  AddDryRun(remove, remove_options.dry_run);
  remove.Example("notifyctl schema upcast delete payment.processed --from 1 --yes",
                 "events of version 1 are shown as they are stored");
  remove.Runs(remove_options, RunHook<SchemaUpcastOptions>(RunUpcastDelete));
}

Status RunUpcastPut(const SchemaUpcastOptions& options) {
  auto text = ReadInput(options.file, options.factory->streams());
  if (!text) return std::move(text.error());
  client::Request request = ToVersion(options, "putUpcaster");
  request.body = std::move(*text);
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  return CallAndPrint(*options.factory, request, {.columns = kColumns, .name_path = "from"});
}

Status RunUpcastList(const SchemaUpcastOptions& options) {
  return ListAndPrint(*options.factory,
                      {.operation = "listUpcasters", .path = {{"id", options.type}}}, ListWindow{},
                      {.columns = kColumns, .name_path = "from"},
                      "There are no upcasters: notifyctl schema upcast put TYPE --from N -f FILE");
}

Status RunUpcastTest(const SchemaUpcastOptions& options) {
  if (options.file.empty() == options.type.empty()) {
    return Fail(Errc::kUsage, "Give either an upcaster (-f FILE) or a TYPE with --from.",
                "notifyctl schema upcast test --help");
  }
  auto data = ReadInput(options.data, options.factory->streams());
  if (!data) return std::move(data.error());
  if (!options.file.empty()) return TestFile(options, *data);
  client::Request request{
      .operation = "tryUpcasters", .path = {{"id", options.type}}, .body = std::move(*data)};
  request.With("from", std::to_string(options.from));
  return CallAndPrint(*options.factory, request, {.columns = kLifted, .name_path = "to"});
}

Status RunUpcastDelete(const SchemaUpcastOptions& options) {
  const client::Request request = ToVersion(options, "deleteUpcaster");
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  const std::string what = options.type + " --from " + std::to_string(options.from);
  if (!options.yes) {
    return Fail(Errc::kUsage, "Events of this version are shown as they are stored then.",
                "notifyctl schema upcast delete " + what + " --yes");
  }
  return CallAndPrint(*options.factory, request, {.note = "The upcaster is deleted."});
}

}  // namespace notify::cli::schema
