#include "agent/app/inbox_greeting.hpp"

#include <string>
#include <utility>

#include "agent/hub/room.hpp"

namespace notify::agent::app {

void InboxGreeting::Entered(const hub::ClientPtr& client) {
  std::string user(client->info.user());
  if (user.empty() || client->info.kind != hub::ClientInfo::Kind::kConnection) return;
  platform_.Post([&inboxes = inboxes_, tenant = client->room->tenant(), user = std::move(user)] {
    inboxes.Greet(tenant, user);
  });
}

}  // namespace notify::agent::app
