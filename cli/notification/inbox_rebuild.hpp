#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::notification {

struct InboxRebuildOptions {
  Factory* factory = nullptr;
  bool dry_run = false;
};

Command& AddInboxRebuild(Command& inbox, Factory& factory, RunHook<InboxRebuildOptions> run);
/// Builds the inboxes of a tenant from its log again.
Status RunInboxRebuild(const InboxRebuildOptions& options);

}  // namespace notify::cli::notification
