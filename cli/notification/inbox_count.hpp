#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::notification {

struct InboxCountOptions {
  Factory* factory = nullptr;
  std::string user;
};

Command& AddInboxCount(Command& inbox, Factory& factory, RunHook<InboxCountOptions> run);
/// Prints how many unread notifications a user has.
Status RunInboxCount(const InboxCountOptions& options);

}  // namespace notify::cli::notification
