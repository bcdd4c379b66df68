#include "cli/trigger/put.hpp"

#include <array>

#include "cli/calls.hpp"
#include "cli/trigger/columns.hpp"

namespace notify::cli::trigger {
namespace {

// The last two come from `trigger get`, so that its output can be put back.
constexpr std::array<std::string_view, 10> kMembers = {
    "id",       "on",      "when",     "template", "channels",
    "audience", "enabled", "priority", "version",  "createdAt"};

}  // namespace

Command& AddTriggerPut(Command& noun, Factory& factory, RunHook<TriggerPutOptions> run) {
  auto& command = noun.Add("put", "Create or replace a trigger from a file", {"apply", "create"});
  auto& options = command.Own(TriggerPutOptions{.factory = &factory});
  command.Describe(
      "The file: id, on (an event type), when (conditions), template, channels, audience (user, "
      "userFrom, tenant or webhook), enabled.");
  command.Argument("ID", options.id, "of the trigger (default: the file's)");
  command.Option("-f,--file", "FILE", options.file, "YAML or JSON; - is standard input").Required();
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl trigger put -f trigger.yaml --tenant blue", "from a file");
  command.Example(
      "notifyctl trigger get fx --tenant blue -o json | "
      "notifyctl trigger put -f - --tenant green",
      "copy one to another tenant");
  return command.Runs(options, std::move(run));
}

Status RunTriggerPut(const TriggerPutOptions& options) {
  auto& factory = *options.factory;
  auto body = ReadObject(factory, options.file, "trigger", kMembers);
  if (!body) return std::move(body.error());
  const auto id = options.id.empty() ? body->Text("id") : options.id;
  if (id.empty()) {
    return Fail(Errc::kUsage, "Neither the file nor the command names the trigger's id.",
                "notifyctl trigger put ID -f FILE");
  }
  body->Remove("version");
  body->Remove("createdAt");
  body->Set("id", id);
  const client::Request request{
      .operation = "putTrigger", .path = {{"id", id}}, .body = body->Compact()};
  if (options.dry_run) return PrintDryRun(factory, request);
  return CallAndPrint(factory, request, {.columns = TriggerColumns()});
}

}  // namespace notify::cli::trigger
