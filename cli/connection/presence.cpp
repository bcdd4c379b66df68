#include "cli/connection/presence.hpp"

#include <array>

namespace notify::cli::connection {
namespace {

constexpr std::array<output::Column, 4> kColumns = {
    {{"USER", "user"}, {"ONLINE", "online"}, {"CONNECTIONS", "connections"}, {"SINCE", "since"}}};

}  // namespace

Command& AddConnectionPresence(Command& noun, Factory& factory,
                               RunHook<ConnectionPresenceOptions> run) {
  auto& command = noun.Add("presence", "List the users that are online", {"who", "online"});
  auto& options = command.Own(ConnectionPresenceOptions{.factory = &factory});
  command.Describe(
      "A user whose last connection ended stays online for hub.presence_grace (5 s), with no "
      "connection: a reconnect does not look like leaving.");
  command.Argument("USER", options.user, "only this one, online or not");
  AddListWindow(command, options.window);
  command.Example("notifyctl connection presence --tenant blue", "who is there");
  return command.Runs(options, std::move(run));
}

Status RunConnectionPresence(const ConnectionPresenceOptions& options) {
  const Shown shown{.columns = kColumns, .name_path = "user"};
  if (!options.user.empty()) {
    return CallAndPrint(*options.factory,
                        {.operation = "getPresence", .path = {{"user", options.user}}}, shown);
  }
  return ListAndPrint(*options.factory, {.operation = "listPresence"}, options.window, shown,
                      "Nobody is online.");
}

}  // namespace notify::cli::connection
