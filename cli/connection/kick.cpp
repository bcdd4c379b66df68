#include "cli/connection/kick.hpp"

#include <array>
#include <limits>

#include "cli/calls.hpp"
#include "cli/connection/columns.hpp"

namespace notify::cli::connection {
namespace {

constexpr std::array<output::Column, 3> kColumns = {
    {{"ID", "id"}, {"KICKED", "kicked"}, {"MAY RECONNECT", "allowReconnect"}}};

client::Request RequestFor(const ConnectionKickOptions& options, const std::string& id) {
  auto body = Value::Object();
  body.Set("allowReconnect", !options.no_reconnect);
  body.SetText("reason", options.reason);
  return {.operation = "kickConnection", .path = {{"id", id}}, .body = body.Compact()};
}

Error NeedsYes(const std::string& what, const std::string& words) {
  return Fail(Errc::kUsage, "This ends " + what + ".",
              "notifyctl connection kick " + words + " --yes");
}

/// All connections of a user: `{"items", "next"}`.
Result<Value> OfUser(client::ApiClient& client, const std::string& user) {
  client::Request request{.operation = "listConnections"};
  request.With("user", user);
  auto list = FetchList(client, request, {.limit = std::numeric_limits<std::int64_t>::max()});
  if (!list) return list;
  if (list->Find("items")->items().empty()) {
    return Fail(Errc::kNotFound, "The user " + user + " has no connection.",
                "notifyctl connection presence shows who is online");
  }
  return list;
}

Status KickUser(const ConnectionKickOptions& options) {
  auto& factory = *options.factory;
  if (!options.yes && !options.dry_run) {
    return NeedsYes("all connections of the user " + options.user, "--user " + options.user);
  }
  auto printer = factory.Printer();
  if (!printer) return std::move(printer.error());
  auto client = factory.Client();
  if (!client) return std::move(client.error());
  auto found = OfUser(**client, options.user);
  if (!found) return std::move(found.error());
  if (options.dry_run) {
    printer->List(*found, ConnectionColumns(), "id", "");
    printer->Note("These would be ended.");
    return {};
  }
  auto kicked = Value::Array();
  for (const auto& each : found->Find("items")->items()) {
    auto answer = (*client)->Call(RequestFor(options, each.Text("id")));
    if (answer) {
      kicked.Add(std::move(*answer));
    } else if (answer.error().code != Errc::kNotFound) {
      return std::move(answer.error());
    }
  }
  auto list = Value::Object();
  list.Set("items", std::move(kicked)).Set("next", Value{});
  printer->List(list, kColumns, "id", "They were gone already.");
  return {};
}

}  // namespace

Command& AddConnectionKick(Command& noun, Factory& factory, RunHook<ConnectionKickOptions> run) {
  auto& command = noun.Add("kick", "End connections", {"disconnect", "delete", "rm"});
  auto& options = command.Own(ConnectionKickOptions{.factory = &factory});
  command.Describe(
      "A client that connects again by itself comes back, unless --no-reconnect says otherwise. "
      "Its "
      "credential stays good: `notifyctl token revoke --user U` takes it back.");
  command.Argument("ID", options.id, "of one connection");
  command.Option("--user", "USER", options.user, "all connections of this user");
  command.Flag("--no-reconnect", options.no_reconnect, "tell the client not to come again");
  command.Option("--reason", "TEXT", options.reason, "what such a client is told");
  command.Flag("-y,--yes", options.yes, "really end them");
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl connection kick --user alice --tenant blue --yes",
                  "her clients connect again");
  command.Example(
      "notifyctl connection kick hZxV0zqFv3mZ9cXrAAb1Xw --no-reconnect --reason Maintenance --yes",
      "the client reads why");
  return command.Runs(options, std::move(run));
}

Status RunConnectionKick(const ConnectionKickOptions& options) {
  if (options.id.empty() == options.user.empty()) {
    return Fail(Errc::kUsage, "Name one connection, or a user with --user.",
                "notifyctl connection list");
  }
  if (!options.reason.empty() && !options.no_reconnect) {
    return Fail(Errc::kUsage, "--reason is for a client that may not come again.",
                "add --no-reconnect");
  }
  if (!options.user.empty()) return KickUser(options);
  const auto request = RequestFor(options, options.id);
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  if (!options.yes) return NeedsYes("the connection " + options.id, options.id);
  return CallAndPrint(*options.factory, request, {.columns = kColumns});
}

}  // namespace notify::cli::connection
