#include "cli/projection/query.hpp"

#include "cli/projection/columns.hpp"

namespace notify::cli::projection {

Command& AddProjectionQuery(Command& noun, Factory& factory, RunHook<ProjectionQueryOptions> run) {
  auto& command = noun.Add("query", "Print what a projection holds, by key", {"state"});
  auto& options = command.Own(ProjectionQueryOptions{.factory = &factory});
  command.Describe(
      "The answer holds what was acknowledged before the question, or says with -o json at which "
      "position it stands. Keys come in no particular order.");
  command.Argument("NAME", options.name, "of the projection").Required();
  command.Option("--key", "KEY", options.key, "only this one (exit code 3: there is none)");
  AddListWindow(command, options.window);
  command.Example("notifyctl projection query balance --key acc-7 --tenant blue", "one account");
  command.Example("notifyctl projection query balance --tenant blue -o ndjson --limit 100000",
                  "all of them");
  return command.Runs(options, std::move(run));
}

Status RunProjectionQuery(const ProjectionQueryOptions& options) {
  auto& factory = *options.factory;
  client::Request request{.operation = "queryProjection", .path = {{"id", options.name}}};
  if (!options.key) {
    return ListAndPrint(factory, request, options.window,
                        {.columns = StateColumns(), .name_path = "key"},
                        "The projection holds nothing.");
  }
  request.With("key", *options.key);
  auto client = factory.Client();
  if (!client) return std::move(client.error());
  auto printer = factory.Printer();
  if (!printer) return std::move(printer.error());
  const auto answer = (*client)->Call(request);
  if (!answer) return answer.error();
  const Value* items = answer->Find("items");
  if (items == nullptr || items->items().empty()) {
    return Fail(Errc::kInternal, "The agent answered something else than was asked for.");
  }
  Value found = items->items().front();
  for (const auto* member : {"position", "head"}) {
    if (const Value* value = answer->Find(member)) found.Set(member, *value);
  }
  printer->Object(found, StateColumns(), "key");
  return {};
}

}  // namespace notify::cli::projection
