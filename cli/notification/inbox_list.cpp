#include "cli/notification/inbox_list.hpp"

#include <array>

namespace notify::cli::notification {
namespace {

constexpr std::array<output::Column, 8> kColumns = {{{"ID", "id"},
                                                     {"CREATED", "createdAt"},
                                                     {"READ", "readAt"},
                                                     {"TITLE", "notification.title"},
                                                     {"ARCHIVED", "archivedAt", true},
                                                     {"TEMPLATE", "notification.template", true},
                                                     {"RULE", "notification.rule", true},
                                                     {"BODY", "notification.body", true}}};

}  // namespace

Command& AddInboxList(Command& inbox, Factory& factory, RunHook<InboxListOptions> run) {
  auto& command = inbox.Add("list", "List a user's notifications, the newest first", {"ls"});
  auto& options = command.Own(InboxListOptions{.factory = &factory});
  command.Option("--user", "USER", options.user, "whose inbox (default: that of the token)");
  command.Option("--state", "STATE", options.state, "which (default: open, those not archived)")
      .OneOf({"open", "unread", "read", "archived", "all"});
  AddListWindow(command, options.window);
  command.Example("notifyctl notification inbox list --tenant blue --user alice --state unread",
                  "what alice has not read");
  return command.Runs(options, std::move(run));
}

Status RunInboxList(const InboxListOptions& options) {
  client::Request request{.operation = "listInbox"};
  request.With("user", options.user).With("state", options.state);
  return ListAndPrint(*options.factory, request, options.window, {.columns = kColumns},
                      "There are no such notifications.");
}

}  // namespace notify::cli::notification
