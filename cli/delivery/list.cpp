#include "cli/delivery/list.hpp"

#include <utility>

#include "cli/delivery/columns.hpp"

namespace notify::cli::delivery {

Command& AddDeliveryList(Command& noun, Factory& factory, RunHook<DeliveryListOptions> run) {
  auto& command = noun.Add("list", "List deliveries, newest first", {"ls"});
  auto& options = command.Own(DeliveryListOptions{.factory = &factory});
  command.Option("--notification", "ID", options.notification, "only of this notification");
  command.Option("--event", "POSITION", options.event, "only of the event at this position");
  command.Option("--user", "USER", options.user, "only to this user");
  command.Option("--channel", "CHANNEL", options.channel, "only by this channel");
  command.Option("--status", "STATUS", options.status, "only those that stand there")
      .OneOf({"pending", "sent", "delivered", "failed"});
  command.Flag("--reveal", options.reveal, std::string(kRevealHelp));
  AddListWindow(command, options.window);
  command.Example("notifyctl delivery list --tenant blue --status failed --channel webhook",
                  "what an endpoint did not take");
  return command.Runs(options, std::move(run));
}

Status RunDeliveryList(const DeliveryListOptions& options) {
  client::Request request{.operation = "listDeliveries"};
  request.With("notification", options.notification)
      .With("event", options.event)
      .With("user", options.user)
      .With("channel", options.channel)
      .With("status", options.status)
      .With("reveal", options.reveal ? "true" : "");
  return ListAndPrint(*options.factory, request, options.window, {.columns = DeliveryColumns()},
                      "There are no such deliveries.");
}

}  // namespace notify::cli::delivery
