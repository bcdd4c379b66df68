#include "agent/hub/durable_feed.hpp"

#include <algorithm>
#include <utility>

#include "agent/hub/room.hpp"

namespace notify::agent::hub {
namespace {

// Beside what waits for the socket already, so that a slow client's events are not handed out long
// before it can see them.
constexpr std::size_t kPageBytes = 64 << 10;
// Before the source is asked again after a fault of its own.
constexpr auto kPause = std::chrono::seconds(1);

bool SameGap(const std::optional<Gap>& a, const Gap& b) {
  return a && a->requested == b.requested && a->resumed_after == b.resumed_after;
}

DurableRequest RequestOf(const Client& client, const Durable& durable) {
  DurableRequest request;
  request.claim = durable.claim;
  request.subscription = durable.id;
  request.max_bytes = kPageBytes;
  // Asked for each event, as the tenant is then: the question may wait for long.
  request.may_see = [info = client.info, record = client.room->record()](const RecordKeys& keys) {
    EventFacts event;
    event.keys = keys;
    event.open_to_subscribers = IsOpenToSubscribers(record->load()->record().settings, keys.type);
    return MaySee(info.sight(), event);
  };
  return request;
}

}  // namespace

async::Task<Result<DurableBegun>> DurableFeed::Begin(ClientPtr client, std::string id,
                                                     DurableWish wish) {
  auto durable = std::make_shared<Durable>();
  durable->id = std::move(id);
  durable->name = wish.name;
  durable->filter = client->room->Share(Filter{wish.types, wish.topics, {}, {}});
  auto begun = co_await source_.Begin(client->room->tenant(), std::move(wish));
  if (!begun) co_return begun.error();
  durable->claim = begun->claim;
  durable->told = begun->gap;
  if (client->subscriber == nullptr || tasks_.stopping()) {
    co_await source_.End(client->room->tenant(), begun->claim);
    co_return Fail(Errc::kUnavailable, "The connection ended.");
  }
  client->durables.push_back(durable);
  tasks_.Spawn(Run(client, std::move(durable)));
  co_return begun;
}

async::Task<Status> DurableFeed::Acknowledge(ClientPtr client, std::string name,
                                             Position position) {
  const auto& durables = client->durables;
  // The newest of a name: one that was taken over may not be told of it yet.
  const auto found = std::ranges::find(durables.rbegin(), durables.rend(), name,
                                       [](const DurablePtr& each) { return each->name; });
  if (found == durables.rend()) {
    co_return Fail(Errc::kNotFound,
                   "This connection has no subscription '" + name.substr(0, 100) + "' with 'ack'.");
  }
  const DurableClaim claim = (*found)->claim;
  co_return co_await source_.Acknowledge(client->room->tenant(), claim, position);
}

bool DurableFeed::End(const ClientPtr& client, const std::string& id) {
  const auto found =
      std::ranges::find(client->durables, id, [](const DurablePtr& each) { return each->id; });
  if (found == client->durables.end()) return false;
  const DurablePtr durable = *found;
  client->durables.erase(found);
  LetGo(client, durable);
  return true;
}

void DurableFeed::EndAll(const ClientPtr& client) {
  for (const DurablePtr& durable : std::exchange(client->durables, {})) LetGo(client, durable);
}

void DurableFeed::LetGo(const ClientPtr& client, const DurablePtr& durable) {
  durable->over = true;
  durable->changed.Notify();
  // A source that stops gives everything back by itself.
  if (!tasks_.stopping()) tasks_.Spawn(Release(client->room->tenant(), durable->claim));
}

async::Task<void> DurableFeed::Release(TenantHandle tenant, DurableClaim claim) {
  co_await source_.End(std::move(tenant), std::move(claim));
}

void DurableFeed::RoomAgain(const ClientPtr& client) {
  for (const DurablePtr& durable : client->durables) durable->changed.Notify();
}

async::Task<void> DurableFeed::Run(ClientPtr client, DurablePtr durable) {
  const async::StopHook hook(tasks_, [&durable] { durable->changed.Notify(); });
  while (!durable->over && !tasks_.stopping()) {
    if (!client->subscriber->HasRoom()) {
      co_await durable->changed.Wait();
      continue;
    }
    DurableRequest request = RequestOf(*client, *durable);
    auto fetched = co_await source_.Next(client->room->tenant(), std::move(request));
    if (durable->over) co_return;
    if (fetched) {
      co_await Give(client, durable, std::move(*fetched));
      continue;
    }
    const bool taken = fetched.error().code == Errc::kConflict;
    if (taken || fetched.error().code == Errc::kNotFound) {
      durable->over = true;
      std::erase(client->durables, durable);
      client->subscriber->Unsubscribed(
          {durable->id, durable->name,
           taken ? EndedSubscription::Reason::kTakenOver : EndedSubscription::Reason::kRemoved});
      client->subscriber->Flush();
      co_return;
    }
    co_await durable->changed.WaitFor(timers_, kPause);
  }
}

async::Task<void> DurableFeed::Give(ClientPtr client, DurablePtr durable, Fetched fetched) {
  Subscriber& subscriber = *client->subscriber;
  if (fetched.gap && !SameGap(durable->told, *fetched.gap)) {
    durable->told = fetched.gap;
    subscriber.Skip(durable->id, *fetched.gap);
  }
  std::size_t given = 0;
  for (FetchedEvent& event : fetched.items) {
    if (!subscriber.HasRoom()) break;
    subscriber.Deliver(Message(std::move(event.type), std::move(event.envelope)));
    ++given;
  }
  subscriber.Flush();
  if (given == fetched.items.size()) co_return;
  fetched.items.erase(fetched.items.begin(),
                      fetched.items.begin() + static_cast<std::ptrdiff_t>(given));
  co_await source_.TakeBack(client->room->tenant(), durable->claim, std::move(fetched));
}

}  // namespace notify::agent::hub
