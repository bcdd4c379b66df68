#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"
#include "cli/notification/message.hpp"

namespace notify::cli::notification {

struct NotificationSendOptions {
  Factory* factory = nullptr;
  Message message;
  std::string idempotency_key;
  bool dry_run = false;
};

Command& AddNotificationSend(Command& noun, Factory& factory, RunHook<NotificationSendOptions> run);
/// Sends a notification; with `dry_run` the agent renders it and it is shown instead.
Status RunNotificationSend(const NotificationSendOptions& options);

}  // namespace notify::cli::notification
