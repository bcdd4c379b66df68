#pragma once

#include <string>

#include "cli/calls.hpp"
#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::notification {

struct InboxListOptions {
  Factory* factory = nullptr;
  std::string user;
  std::string state;
  ListWindow window;
};

Command& AddInboxList(Command& inbox, Factory& factory, RunHook<InboxListOptions> run);
/// Lists what is in a user's inbox.
Status RunInboxList(const InboxListOptions& options);

}  // namespace notify::cli::notification
