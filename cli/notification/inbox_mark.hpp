#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::notification {

struct InboxMarkOptions {
  Factory* factory = nullptr;
  std::string operation;  ///< `readInbox` and the like.
  std::vector<std::string> ids;
  std::string up_to;
  std::string user;
  bool dry_run = false;
};

/// Adds `read`, `unread`, `archive` and `unarchive`.
void AddInboxMarks(Command& inbox, Factory& factory, const RunHook<InboxMarkOptions>& run);
/// Marks notifications in a user's inbox. kUsage unless either ids or `up_to` are given.
Status RunInboxMark(const InboxMarkOptions& options);

}  // namespace notify::cli::notification
