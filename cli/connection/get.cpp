#include "cli/connection/get.hpp"

#include "cli/calls.hpp"
#include "cli/connection/columns.hpp"

namespace notify::cli::connection {

Command& AddConnectionGet(Command& noun, Factory& factory, RunHook<ConnectionGetOptions> run) {
  auto& command = noun.Add("get", "Show a live connection", {"show"});
  auto& options = command.Own(ConnectionGetOptions{.factory = &factory});
  command.Argument("ID", options.id, "of the connection").Required();
  command.Example("notifyctl connection get hZxV0zqFv3mZ9cXrAAb1Xw --tenant blue -o yaml",
                  "with its subscriptions");
  return command.Runs(options, std::move(run));
}

Status RunConnectionGet(const ConnectionGetOptions& options) {
  return CallAndPrint(*options.factory,
                      {.operation = "getConnection", .path = {{"id", options.id}}},
                      {.columns = ConnectionColumns()});
}

}  // namespace notify::cli::connection
