#include "cli/dlq/selection.hpp"

#include <array>
#include <utility>

namespace notify::cli::dlq {

void AddSelection(Command& command, Selection& selection, std::string yes_help) {
  command.Argument("ID", selection.id, "of one dead letter");
  command.Flag("--all", selection.all, "all that match --kind and --consumer");
  AddFilter(command, selection.filter);
  command.Flag("-y,--yes", selection.yes, std::move(yes_help));
  AddDryRun(command, selection.dry_run);
}

Result<client::Request> RequestFor(const Selection& selection, std::string one, std::string many) {
  if (selection.id.empty() != selection.all) {
    return Fail(Errc::kUsage, "Name one dead letter, or say --all.", "notifyctl dlq list");
  }
  client::Request request{.operation = selection.all ? std::move(many) : std::move(one)};
  if (selection.all) {
    ApplyFilter(selection.filter, request);
  } else {
    request.path = {{"id", selection.id}};
  }
  return request;
}

Error NeedsYes(const Selection& selection, std::string_view verb, std::string_view deed) {
  const std::string what =
      selection.all ? "all dead letters that match" : "the dead letter " + selection.id;
  return Fail(Errc::kUsage, "This " + std::string(deed) + " " + what + ".",
              "notifyctl dlq " + std::string(verb) + " " +
                  (selection.all ? std::string("--all") : selection.id) + " --yes");
}

Status CallFor(const Selection& selection, const client::Request& request, output::Column count,
               std::string_view is) {
  const std::array<output::Column, 1> columns = {count};
  if (selection.all) {
    return CallAndPrint(*selection.factory, request, {.columns = columns, .name_path = count.path});
  }
  return CallAndPrint(*selection.factory, request,
                      {.note = "The dead letter " + selection.id + " is " + std::string(is) + "."});
}

}  // namespace notify::cli::dlq
