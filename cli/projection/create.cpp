#include "cli/projection/create.hpp"

#include <array>

#include "cli/projection/columns.hpp"

namespace notify::cli::projection {
namespace {

constexpr std::array<std::string_view, 6> kMembers = {"name", "types",  "when",
                                                      "key",  "fields", "removeOn"};

void AddOptions(Command& command, ProjectionCreateOptions& options) {
  command.Argument("NAME", options.name, "of the projection (default: the file's)");
  command.Option("-f,--file", "FILE", options.file, "YAML or JSON; - is standard input").Required();
  command.Flag("--from-retained", options.from_retained,
               "begin at the oldest event that is still there, where the first are gone");
  AddDryRun(command, options.dry_run);
}

}  // namespace

Command& AddProjectionCreate(Command& noun, Factory& factory,
                             RunHook<ProjectionCreateOptions> run) {
  auto& command = noun.Add("create", "Register a projection from a file", {"new"});
  auto& options = command.Own(ProjectionCreateOptions{.factory = &factory});
  command.Describe(
      "The file: name, types (of the events), when (conditions as in triggers), key (a JSON "
      "Pointer "
      "into the event, or an attribute), fields (what is kept for each key: fold and of), removeOn "
      "(types that take their key away).\n\nFolds: count, sum, min, max, first, last, set, merge.");
  AddOptions(command, options);
  command.Flag("--if-not-exists", options.if_not_exists, "succeed where there is one already");
  command.Example("notifyctl projection create -f balance.yaml --tenant blue",
                  "key: /data/account, fields: {balance: {fold: sum, of: /data/amount}}");
  return command.Runs(options, std::move(run));
}

Command& AddProjectionApply(Command& noun, Factory& factory, RunHook<ProjectionCreateOptions> run) {
  auto& command =
      noun.Add("apply", "Register a projection, or change the one that is there", {"put"});
  auto& options = command.Own(ProjectionCreateOptions{.factory = &factory, .replace = true});
  command.Describe(
      "Another definition is a rebuild: the states of the one before serve until the new ones have "
      "caught up. The same definition changes nothing.");
  AddOptions(command, options);
  command.Example("notifyctl projection apply -f balance.yaml --tenant blue", "from a repository");
  return command.Runs(options, std::move(run));
}

Status RunProjectionCreate(const ProjectionCreateOptions& options) {
  auto& factory = *options.factory;
  auto body = ReadObject(factory, options.file, "projection", kMembers);
  if (!body) return std::move(body.error());
  body->SetText("name", options.name);
  const std::string name = body->Text("name");
  if (name.empty()) {
    return Fail(Errc::kUsage, "Neither the file nor the command names the projection.",
                "notifyctl projection create NAME -f FILE");
  }
  client::Request request{.operation = "createProjection", .body = body->Compact()};
  if (options.replace) {
    request.operation = "putProjection";
    request.path = {{"id", name}};
  }
  if (options.from_retained) request.With("fromRetained", "true");
  if (options.dry_run) return PrintDryRun(factory, request);
  const Shown shown{.columns = ProjectionColumns(), .name_path = "name"};
  auto made = CallAndPrint(factory, request, shown);
  if (made || made.error().code != Errc::kConflict || !options.if_not_exists) return made;
  return CallAndPrint(factory, {.operation = "getProjection", .path = {{"id", name}}}, shown);
}

}  // namespace notify::cli::projection
