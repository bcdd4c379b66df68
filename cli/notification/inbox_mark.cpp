#include "cli/notification/inbox_mark.hpp"

#include <array>

#include "cli/calls.hpp"

namespace notify::cli::notification {
namespace {

constexpr std::array<output::Column, 2> kColumns = {{{"CHANGED", "changed"}, {"UNREAD", "unread"}}};

struct Verb {
  const char* name;
  const char* operation;
  const char* summary;
};
constexpr std::array<Verb, 4> kVerbs = {
    {{"read", "readInbox", "Mark notifications as read"},
     {"unread", "unreadInbox", "Mark notifications as unread"},
     {"archive", "archiveInbox", "Put notifications into the archive"},
     {"unarchive", "unarchiveInbox", "Take notifications out of the archive"}}};

}  // namespace

void AddInboxMarks(Command& inbox, Factory& factory, const RunHook<InboxMarkOptions>& run) {
  for (const Verb& verb : kVerbs) {
    auto& command = inbox.Add(verb.name, verb.summary);
    auto& options = command.Own(InboxMarkOptions{.factory = &factory, .operation = verb.operation});
    command.Argument("ID", options.ids, "the notifications");
    command.Option("--up-to", "ID", options.up_to, "this notification and all that are older");
    command.Option("--user", "USER", options.user,
                   "whose inbox (default: that of the token); another's is audited");
    AddDryRun(command, options.dry_run);
    command.Example("notifyctl notification inbox " + std::string(verb.name) +
                        " --tenant blue --user alice --up-to 5f0c2a4e-8d11-5a0b-9b6e-2f1d3c4b5a69",
                    "everything up to that one");
    command.Runs(options, run);
  }
}

Status RunInboxMark(const InboxMarkOptions& options) {
  if (options.ids.empty() == options.up_to.empty()) {
    return Fail(Errc::kUsage, "Which notifications? Give their ids, or --up-to one.",
                "notifyctl notification inbox list");
  }
  auto body = Value::Object();
  if (options.up_to.empty()) {
    auto ids = Value::Array();
    for (const auto& id : options.ids) ids.Add(id);
    body.Set("ids", std::move(ids));
  } else {
    body.Set("upTo", options.up_to);
  }
  client::Request request{.operation = options.operation, .body = body.Compact()};
  request.With("user", options.user);
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  return CallAndPrint(*options.factory, request, {.columns = kColumns, .name_path = "changed"});
}

}  // namespace notify::cli::notification
