#include "cli/notification/noun.hpp"

#include "cli/notification/inbox_count.hpp"
#include "cli/notification/inbox_list.hpp"
#include "cli/notification/inbox_mark.hpp"
#include "cli/notification/inbox_rebuild.hpp"
#include "cli/notification/send.hpp"
#include "cli/notification/test.hpp"

namespace notify::cli::notification {

void AddNoun(Command& root, Factory& factory) {
  auto& noun =
      root.Add("notification", "Notifications: send one, see what it would be, users' inboxes",
               {"notifications", "notif"});
  AddNotificationSend(noun, factory, RunNotificationSend);
  AddNotificationTest(noun, factory, RunNotificationTest);
  auto& inbox = noun.Add("inbox", "A user's in-app notifications: what is there, what was read");
  inbox.Example("notifyctl notification inbox list --tenant blue --user alice --state unread",
                "what she has not read; then: inbox read --user alice --up-to ID");
  AddInboxList(inbox, factory, RunInboxList);
  AddInboxCount(inbox, factory, RunInboxCount);
  AddInboxMarks(inbox, factory, RunInboxMark);
  AddInboxRebuild(inbox, factory, RunInboxRebuild);
}

}  // namespace notify::cli::notification
