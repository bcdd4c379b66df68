#include "agent/hub/connections.hpp"

#include <algorithm>
#include <utility>

#include "agent/async/run_on.hpp"

namespace notify::agent::hub {
namespace {

ClientPtr FindHere(const HubShard& shard, const TenantId& tenant, const std::string& id) {
  ClientPtr found;
  shard.ForEachClient(tenant, [&](const ClientPtr& client) {
    if (client->info.connection_id.view() == id) found = client;
  });
  return found;
}

SubscriptionEntry EntryOf(const Subscription& subscription, const Client& client) {
  SubscriptionEntry entry;
  entry.id = subscription.id.text();
  entry.filter = subscription.filter->filter();
  if (subscription.behind) {
    entry.position = subscription.behind->cursor;
  } else {
    // It may begin beyond what this thread has looked at.
    entry.position = client.position();
    entry.position->sequence = std::max(entry.position->sequence, subscription.after);
  }
  return entry;
}

ConnectionEntry EntryOf(const Client& client) {
  ConnectionEntry entry;
  entry.id = client.info.connection_id.text();
  entry.user = std::string(client.info.user());
  entry.actor = client.info.actor;
  entry.facts = client.subscriber->Facts();
  entry.groups = client.Groups();
  entry.position = client.position();
  for (const Subscription& subscription : client.subscriptions) {
    entry.subscriptions.push_back(EntryOf(subscription, client));
    if (subscription.behind) entry.position = std::min(entry.position, subscription.behind->cursor);
  }
  for (const DurablePtr& durable : client.durables) {
    SubscriptionEntry one;
    one.id = durable->id;
    one.name = durable->name;
    one.consumer = durable->claim.consumer;
    one.filter = durable->filter->filter();
    entry.subscriptions.push_back(std::move(one));
  }
  return entry;
}

std::vector<ConnectionEntry> ListHere(const HubShard& shard, const TenantId& tenant,
                                      const ConnectionQuery& query) {
  std::vector<const Client*> chosen;
  shard.ForEachClient(tenant, [&](const ClientPtr& client) {
    const ClientInfo& info = client->info;
    if (info.connection_id.view() <= query.after) return;
    if (!query.user.empty() && info.user() != query.user) return;
    if (!query.transport.empty() && client->subscriber->Facts().transport != query.transport) {
      return;
    }
    chosen.push_back(client.get());
  });
  const auto id = [](const Client* client) { return client->info.connection_id.view(); };
  const std::size_t count = std::min(query.limit, chosen.size());
  const auto middle = chosen.begin() + static_cast<std::ptrdiff_t>(count);
  std::ranges::partial_sort(chosen, middle, {}, id);
  std::vector<ConnectionEntry> entries;
  entries.reserve(count);
  for (auto each = chosen.begin(); each != middle; ++each) entries.push_back(EntryOf(**each));
  return entries;
}

async::Task<Result<std::string>> AskHere(HubShard& shard, TenantId tenant, std::string id,
                                         std::string method, std::vector<std::string> arguments,
                                         Clock::Duration limit) {
  // Keeps what the hub knows of it; the subscriber keeps itself while it is asked.
  const ClientPtr client = FindHere(shard, tenant, id);
  if (!client || client->subscriber == nullptr) {
    co_return Fail(Errc::kNotFound, "There is no such connection.");
  }
  async::Task<Result<std::string>> asking =
      client->subscriber->Ask(std::move(method), std::move(arguments), limit);
  co_return co_await asking;
}

}  // namespace

async::Task<std::vector<ConnectionEntry>> Connections::List(TenantHandle tenant,
                                                            ConnectionQuery query) {
  std::vector<ConnectionEntry> all;
  for (std::size_t i = 0; i < runtime_.io_threads(); ++i) {
    const auto list = [&] { return ListHere(hub_.shard(i), tenant.id(), query); };
    async::CallOn listing(runtime_.io(i).executor(), list);
    std::vector<ConnectionEntry> some = co_await listing;
    std::ranges::move(some, std::back_inserter(all));
  }
  std::ranges::sort(all, {}, &ConnectionEntry::id);
  if (all.size() > query.limit) all.resize(query.limit);
  co_return all;
}

async::Task<std::optional<ConnectionEntry>> Connections::Find(TenantHandle tenant, std::string id) {
  std::optional<ConnectionEntry> found;
  for (std::size_t i = 0; i < runtime_.io_threads() && !found; ++i) {
    const auto find = [&] {
      const ClientPtr client = FindHere(hub_.shard(i), tenant.id(), id);
      return client ? std::optional(EntryOf(*client)) : std::nullopt;
    };
    async::CallOn finding(runtime_.io(i).executor(), find);
    found = co_await finding;
  }
  co_return found;
}

async::Task<bool> Connections::Kick(TenantHandle tenant, std::string id, Farewell farewell) {
  bool kicked = false;
  for (std::size_t i = 0; i < runtime_.io_threads() && !kicked; ++i) {
    const auto kick = [&] {
      const ClientPtr client = FindHere(hub_.shard(i), tenant.id(), id);
      if (client) client->subscriber->Close(farewell);
      return client != nullptr;
    };
    async::CallOn kicking(runtime_.io(i).executor(), kick);
    kicked = co_await kicking;
  }
  co_return kicked;
}

async::Task<Result<std::string>> Connections::Ask(TenantHandle tenant, std::string id,
                                                  std::string method,
                                                  std::vector<std::string> arguments,
                                                  Clock::Duration limit) {
  for (std::size_t i = 0; i < runtime_.io_threads(); ++i) {
    const auto find = [&] { return FindHere(hub_.shard(i), tenant.id(), id) != nullptr; };
    async::CallOn finding(runtime_.io(i).executor(), find);
    const bool here = co_await finding;
    if (!here) continue;
    async::RunOn asking(
        runtime_.io(i).executor(),
        AskHere(hub_.shard(i), tenant.id(), id, std::move(method), std::move(arguments), limit));
    co_return co_await asking;
  }
  co_return Fail(Errc::kNotFound, "There is no such connection.");
}

}  // namespace notify::agent::hub
