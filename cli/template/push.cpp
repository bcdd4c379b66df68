#include "cli/template/push.hpp"

#include <array>

#include "cli/calls.hpp"
#include "cli/template/folder.hpp"

namespace notify::cli::templates {
namespace {

constexpr std::array<output::Column, 4> kLines = {
    {{"ID", "id"}, {"NAME", "name"}, {"VERSION", "version"}, {"ACTIVE", "active"}}};

}  // namespace

Command& AddTemplatePush(Command& noun, Factory& factory, RunHook<TemplatePushOptions> run) {
  auto& command = noun.Add("push", "Store a template folder with the agent", {"put", "apply"});
  auto& options = command.Own(TemplatePushOptions{.factory = &factory});
  command.Describe(
      "The folder holds template.yaml and a file for each channel, for example "
      "in_app.yaml.hbs. It is checked here first.");
  command.Argument("DIR", options.folder, "the template's folder").Required();
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl template push templates/order-paid --tenant demo",
                  "from then on notifications use it");
  return command.Runs(options, std::move(run));
}

Status RunTemplatePush(const TemplatePushOptions& options) {
  const auto folder = LoadFolder(options.folder, {});
  if (!folder) return folder.error();
  if (folder->id.empty()) {
    return Fail(Errc::kInvalidTemplate, options.folder + " has no template.yaml with an `id`.");
  }
  auto files = Value::Object();
  for (const auto& [name, text] : folder->files) {
    if (name != "template.yaml") files.Append(name, Value{text});
  }
  auto body = Value::Object();
  body.Set("id", folder->id)
      .SetText("name", folder->name)
      .SetText("description", folder->description)
      .Set("files", std::move(files));
  const client::Request request{
      .operation = "putTemplate", .path = {{"id", folder->id}}, .body = body.Compact()};
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  return CallAndPrint(*options.factory, request, {.columns = kLines});
}

}  // namespace notify::cli::templates
