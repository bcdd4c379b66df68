#include "agent/hub/presence.hpp"

#include <algorithm>
#include <atomic>
#include <unordered_map>
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/hub/presence_table.hpp"
#include "common/json_text.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::hub {
namespace {

std::string Members(const UserPresence& presence) {
  std::string json = "{\"user\":";
  AppendJsonString(json, presence.user);
  json += presence.since ? ",\"online\":true" : ",\"online\":false";
  json += ",\"connections\":" + std::to_string(presence.connections);
  return json;
}

}  // namespace

std::string PresenceJson(const UserPresence& presence) {
  const std::string since =
      presence.since ? '"' + FormatRfc3339(*presence.since) + '"' : std::string("null");
  return Members(presence) + ",\"since\":" + since + "}";
}

/// Presence on one I/O thread: what its shard sees, and whom of it to tell.
///
/// Threads:  its I/O thread.
class Presence::Side final : public ClientObserver {
 public:
  /// `home`, the table's executor, outlives it.
  Side(async::Executor& home, std::weak_ptr<PresenceTable> table)
      : home_(home), table_(std::move(table)) {}

  /// Whether there is anybody to tell. Any thread.
  bool has_watchers() const { return watchers_.load(std::memory_order_relaxed) > 0; }

  void Entered(const ClientPtr& client) override { Post(*client, &PresenceTable::Join); }
  void Leaving(const ClientPtr& client) override {
    Unsubscribe(client);
    Post(*client, &PresenceTable::Leave);
  }

  void Subscribe(const ClientPtr& client) {
    std::vector<ClientPtr>& those = told_[client->room->tenant().id()];
    if (std::ranges::find(those, client) != those.end()) return;
    those.push_back(client);
    ++watchers_;
  }
  void Unsubscribe(const ClientPtr& client) {
    const auto those = told_.find(client->room->tenant().id());
    if (those == told_.end()) return;
    watchers_ -= std::erase(those->second, client);
    if (those->second.empty()) told_.erase(those);
  }
  void Tell(const TenantId& tenant, const Message& message) {
    const auto those = told_.find(tenant);
    if (those == told_.end()) return;
    for (const ClientPtr& client : those->second) {
      if (client->subscriber->Offer(message)) client->subscriber->Flush();
    }
  }

 private:
  void Post(const Client& client,
            void (PresenceTable::*change)(const TenantId&, const std::string&)) {
    if (client.info.user().empty()) return;
    home_.Post([weak = table_, change, tenant = client.room->tenant().id(),
                user = std::string(client.info.user())] {
      if (const auto table = weak.lock()) (*table.*change)(tenant, user);
    });
  }

  async::Executor& home_;
  const std::weak_ptr<PresenceTable> table_;
  std::atomic<std::size_t> watchers_{0};
  // Shared with the shard; each leaves here first.
  std::unordered_map<TenantId, std::vector<ClientPtr>> told_;
};

Presence::Presence(async::Runtime& runtime, Hub& hub, telemetry::Metrics& metrics,
                   Clock::Duration grace)
    : runtime_(runtime) {
  // Called on the table's executor, and not after Stop().
  const auto tell = [this](const TenantId& tenant, const UserPresence& presence,
                           Clock::WallTime at) { Tell(tenant, presence, at); };
  table_ = std::make_shared<PresenceTable>(runtime.io(0).timers(), metrics, grace, tell);
  for (std::size_t i = 0; i < runtime.io_threads(); ++i) {
    sides_.push_back(std::make_shared<Side>(runtime.io(0).executor(), table_));
    hub.shard(i).Observe(*sides_.back());
  }
}

Presence::~Presence() = default;

void Presence::Tell(const TenantId& tenant, const UserPresence& presence, Clock::WallTime at) {
  std::string argument;
  for (std::size_t i = 0; i < sides_.size(); ++i) {
    if (!sides_[i]->has_watchers()) continue;
    if (argument.empty()) {
      argument = Members(presence) + ",\"at\":\"" + FormatRfc3339(at) + "\"}";
    }
    runtime_.io(i).executor().Post([side = sides_[i], tenant, user = presence.user, argument] {
      side->Tell(tenant, Message("presence", argument, "presence:" + user));
    });
  }
}

void Presence::Subscribe(std::size_t io, const ClientPtr& client) { sides_[io]->Subscribe(client); }
void Presence::Unsubscribe(std::size_t io, const ClientPtr& client) {
  sides_[io]->Unsubscribe(client);
}

async::Task<std::vector<UserPresence>> Presence::List(TenantHandle tenant, std::string after,
                                                      std::size_t limit) {
  const auto list = [&] { return table_->List(tenant.id(), after, limit); };
  async::CallOn listing(runtime_.io(0).executor(), list);
  co_return co_await listing;
}

async::Task<UserPresence> Presence::Get(TenantHandle tenant, std::string user) {
  const auto get = [&] { return table_->Get(tenant.id(), user); };
  async::CallOn getting(runtime_.io(0).executor(), get);
  co_return co_await getting;
}

async::Task<void> Presence::Stop() {
  const auto stop = [&] { table_->Stop(); };
  async::CallOn stopping(runtime_.io(0).executor(), stop);
  co_await stopping;
}

}  // namespace notify::agent::hub
