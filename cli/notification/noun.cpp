#include "cli/notification/noun.hpp"

#include "cli/notification/send.hpp"
#include "cli/notification/test.hpp"

namespace notify::cli::notification {

void AddNoun(Command& root, Factory& factory) {
  auto& noun = root.Add("notification", "Notifications: send one, or see what it would be",
                        {"notifications", "notif"});
  AddNotificationSend(noun, factory, RunNotificationSend);
  AddNotificationTest(noun, factory, RunNotificationTest);
}

}  // namespace notify::cli::notification
