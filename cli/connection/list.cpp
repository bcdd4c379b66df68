#include "cli/connection/list.hpp"

#include "cli/connection/columns.hpp"

namespace notify::cli::connection {

Command& AddConnectionList(Command& noun, Factory& factory, RunHook<ConnectionListOptions> run) {
  auto& command = noun.Add("list", "List live connections", {"ls"});
  auto& options = command.Own(ConnectionListOptions{.factory = &factory});
  command.Describe(
      "LAG counts the events of the log that the connection has not looked at yet, QUEUED the "
      "bytes "
      "that wait for its socket. -o wide and -o json show more; -o json has the subscriptions.");
  command.Option("--user", "USER", options.user, "only of this user");
  command
      .Option("--transport", "TRANSPORT", options.transport, "only these; sse is an event stream")
      .OneOf({"websockets", "serversentevents", "longpolling", "sse"});
  AddListWindow(command, options.window);
  command.Example("notifyctl connection list --tenant blue --user alice", "all of one user");
  return command.Runs(options, std::move(run));
}

Status RunConnectionList(const ConnectionListOptions& options) {
  client::Request request{.operation = "listConnections"};
  request.With("user", options.user).With("transport", options.transport);
  return ListAndPrint(*options.factory, request, options.window, {.columns = ConnectionColumns()},
                      "There are no such connections.");
}

}  // namespace notify::cli::connection
