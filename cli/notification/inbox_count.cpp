#include "cli/notification/inbox_count.hpp"

#include <array>

#include "cli/calls.hpp"

namespace notify::cli::notification {
namespace {

constexpr std::array<output::Column, 1> kColumns = {{{"UNREAD", "unread"}}};

}  // namespace

Command& AddInboxCount(Command& inbox, Factory& factory, RunHook<InboxCountOptions> run) {
  auto& command = inbox.Add("count", "Show how many notifications of a user are unread");
  auto& options = command.Own(InboxCountOptions{.factory = &factory});
  command.Option("--user", "USER", options.user, "whose inbox (default: that of the token)");
  command.Example("notifyctl notification inbox count --tenant blue --user alice",
                  "the number in her badge");
  return command.Runs(options, std::move(run));
}

Status RunInboxCount(const InboxCountOptions& options) {
  client::Request request{.operation = "countInbox"};
  request.With("user", options.user);
  return CallAndPrint(*options.factory, request, {.columns = kColumns, .name_path = "unread"});
}

}  // namespace notify::cli::notification
