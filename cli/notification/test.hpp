#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"
#include "cli/notification/message.hpp"

namespace notify::cli::notification {

struct NotificationTestOptions {
  Factory* factory = nullptr;
  Message message;
  bool send = false;
};

Command& AddNotificationTest(Command& noun, Factory& factory, RunHook<NotificationTestOptions> run);
/// Shows what a notification would be; with `send` sends it, marked as a test.
Status RunNotificationTest(const NotificationTestOptions& options);

}  // namespace notify::cli::notification
