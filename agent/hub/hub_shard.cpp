#include "agent/hub/hub_shard.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "common/encoding.hpp"
#include "common/failpoint.hpp"

namespace notify::agent::hub {
namespace {

constexpr std::size_t kRememberedEvents = 4096;
constexpr std::size_t kMaxSubscriptions = 256;
constexpr std::size_t kFirstPageBytes = 256 << 10;
constexpr auto kAttachPause = std::chrono::seconds(1);
constexpr auto kSlowPause = std::chrono::minutes(1);

bool IsMeant(const Client& client, const LiveTarget& target) {
  switch (target.kind) {
    case LiveTarget::Kind::kTenant:
      return client.in_tenant_group;
    case LiveTarget::Kind::kUser:
      return !target.name.empty() && client.info.user() == target.name;
    case LiveTarget::Kind::kGroup:
      return client.InGroup(target.name);
    case LiveTarget::Kind::kSubscription:
      return std::ranges::any_of(
                 client.subscriptions,
                 [&](const Subscription& each) { return each.id.view() == target.name; }) ||
             std::ranges::any_of(client.durables, [&](const DurablePtr& durable) {
               return durable->id == target.name;
             });
  }
  return false;
}

}  // namespace

HubShard::HubShard(async::IoThread& io, std::size_t index, Random& random, Upstream& upstream,
                   DurableSource& durables, SessionKeeper& keeper, HubNews& news,
                   std::atomic<std::size_t>& clients)
    : io_(io),
      random_(random),
      upstream_(upstream),
      news_(news),
      clients_(clients),
      ring_(kRememberedEvents),
      tasks_(io.executor()),
      catch_up_(upstream, tasks_),
      durables_(durables, tasks_, io.timers()),
      sessions_(io, index, random, keeper, tasks_, rooms_) {}

HubShard::~HubShard() = default;

async::Task<Result<ClientPtr>> HubShard::Enter(TenantHandle tenant, ClientInfo info,
                                               Subscriber& subscriber) {
  const bool mix = NOTIFY_FAILPOINT(kMixTenants) && !rooms_.empty();
  RoomPtr& place = mix ? rooms_.begin()->second : rooms_[tenant.id()];
  if (!place) place = std::make_shared<Room>(tenant, ring_, static_cast<RoomOwner&>(*this));
  const RoomPtr room = place;
  ++room->entering;
  const Status attached = co_await Attach(room);
  --room->entering;
  if (!attached) {
    DropIfEmpty(room);
    co_return attached.error();
  }
  const bool part = info.kind == ClientInfo::Kind::kPart;
  if (!part) ++clients_;
  if (!part && info.connection_id.empty()) info.connection_id = ShortId(NewSubscriptionId());
  auto client = std::make_shared<Client>(std::move(info), subscriber, room);
  room->Add(client);
  if (client->info.kind == ClientInfo::Kind::kConnection) sessions_.Begin(*client);
  if (!part) {
    for (ClientObserver* observer : observers_) observer->Entered(client);
  }
  co_return client;
}

void HubShard::TellSlow(Client& client, std::string_view reason) {
  const Clock::TimePoint now = io_.timers().clock().Now();
  if (client.slow_told + kSlowPause > now) return;
  client.slow_told = now;
  news_.TellSlow(client.room->tenant(),
                 {client.info.connection_id.text(), client.info.actor, reason});
}

void HubShard::ForEachClient(const TenantId& tenant,
                             const std::function<void(const ClientPtr&)>& visit) const {
  const auto room = rooms_.find(tenant);
  if (room == rooms_.end()) return;
  for (const ClientPtr& client : room->second->clients()) {
    if (client->info.kind != ClientInfo::Kind::kPart) visit(client);
  }
}

void HubShard::Leave(const ClientPtr& client) {
  if (client->subscriber == nullptr) return;
  sessions_.Left(*client);
  if (client->info.kind != ClientInfo::Kind::kPart) {
    --clients_;
    for (ClientObserver* observer : observers_) observer->Leaving(client);
  }
  client->subscriber = nullptr;
  client->more.Notify();
  durables_.EndAll(client);
  client->room->Remove(client);
  DropIfEmpty(client->room);
}

void HubShard::DropIfEmpty(const RoomPtr& room) {
  if (!room->clients().empty() || room->entering > 0 || room->attaching) return;
  const auto place = rooms_.find(room->tenant().id());
  if (place == rooms_.end() || place->second != room) return;
  upstream_.Detach(room);
  rooms_.erase(place);
}

async::Task<Status> HubShard::Attach(RoomPtr room) {
  while (room->attaching) co_await room->changed.Wait();
  if (room->attached()) co_return Status();
  room->attaching = true;
  const auto head = co_await upstream_.Attach(io_.executor(), room);
  room->attaching = false;
  if (head) room->Attached(*head);
  room->changed.Notify();
  if (!head) co_return head.error();
  co_return Status();
}

void HubShard::Interrupted(const RoomPtr& room) {
  if (!tasks_.stopping()) tasks_.Spawn(AttachAgain(room));
}

async::Task<void> HubShard::AttachAgain(RoomPtr room) {
  const async::StopHook hook(tasks_, [this] { stop_.Notify(); });
  while (!tasks_.stopping()) {
    const Status attached = co_await Attach(room);
    if (attached) break;
    if (room->clients().empty() && room->entering == 0) break;
    co_await stop_.WaitFor(io_.timers(), kAttachPause);
  }
  DropIfEmpty(room);
}

Status HubShard::MaySubscribe(const Client& client) {
  if (client.info.scope == Sight::Scope::kNothing) {
    return Fail(Errc::kForbidden, "The role of this connection may not receive events.");
  }
  if (client.subscriptions.size() + client.durables.size() >= kMaxSubscriptions) {
    return Fail(Errc::kInvalidArgument, "A connection has at most 256 subscriptions.");
  }
  return {};
}

async::Task<Result<Subscribed>> HubShard::SubscribeDurably(ClientPtr client, Filter filter,
                                                           std::string name,
                                                           std::optional<Position> from) {
  if (auto may = MaySubscribe(*client); !may) co_return may.error();
  DurableWish wish;
  wish.owner = client->info.user().empty() ? client->info.actor : std::string(client->info.user());
  wish.name = std::move(name);
  wish.types = std::move(filter.types);
  wish.topics = std::move(filter.topics);
  wish.from = from;
  std::string id = NewSubscriptionId();
  const ClientPtr held = client;
  auto begun = co_await durables_.Begin(std::move(client), id, std::move(wish));
  if (!begun) co_return begun.error();
  Sessions::Changed(*held);
  co_return Subscribed{std::move(id), begun->after, begun->gap};
}

async::Task<Result<Subscribed>> HubShard::Subscribe(ClientPtr client, Filter filter,
                                                    std::optional<Position> from) {
  if (auto may = MaySubscribe(*client); !may) co_return may.error();
  Subscription subscription;
  subscription.id = ShortId(NewSubscriptionId());
  subscription.filter = client->room->Share(std::move(filter));
  Subscribed answer{subscription.id.text(), {}, std::nullopt};
  if (!from) {
    answer.after = client->room->head();
    subscription.after = answer.after.sequence;
  } else {
    auto page = co_await upstream_.Read(client->room->tenant(), *from, kFirstPageBytes);
    if (!page) co_return page.error();
    if (client->subscriber == nullptr) co_return Fail(Errc::kUnavailable, "The connection ended.");
    answer.gap = page->gap;
    const Epoch epoch = page->after.epoch;
    answer.after = page->gap ? page->gap->resumed_after : Position{epoch, from->sequence};
    if (NOTIFY_FAILPOINT(kResumeTooEarly) && answer.after.sequence.value > 0) {
      --answer.after.sequence.value;
    }
    subscription.after = answer.after.sequence;
    // At the head, or beyond what the live flow has brought here: nothing to read, only to skip.
    if (answer.after < client->position()) {
      subscription.behind = std::make_unique<Reading>(Reading{answer.after, std::nullopt, 0});
      if (!page->batches.empty()) subscription.behind->page = std::move(*page);
    }
  }
  subscription.marked = subscription.arrived = answer.after;
  client->subscriptions.push_back(std::move(subscription));
  Sessions::Changed(*client);
  catch_up_.Wake(client);
  co_return answer;
}

std::optional<SessionState> HubShard::TakeSession(const Client& asking,
                                                  const std::string& session) {
  ClientPtr holder;
  auto state =
      sessions_.Take(asking.room->tenant().id(), session, asking.info.actor, &asking, holder);
  if (holder) holder->subscriber->Close({"Another connection has resumed this session.", false});
  return state;
}

async::Task<Resumed> HubShard::Restore(ClientPtr client, std::string session, SessionState state) {
  if (client->subscriber == nullptr) {
    sessions_.PutBack(*client, session, std::move(state));
    co_return Resumed{};
  }
  Resumed resumed{true, state.reach.arrived, {}};
  const SessionState whole = state;
  client->in_tenant_group = state.in_tenant_group;
  const Position here = std::max(client->position(), client->room->head());
  const auto before = [&](const Reach& reach) {
    return std::make_unique<const SentBefore>(
        SentBefore{reach.sent.value_or(here), client->session.began, here});
  };
  client->sent_before = before(state.reach);
  if (state.reach.arrived < client->position()) {
    client->behind = std::make_unique<Reading>(Reading{state.reach.arrived, std::nullopt, 0});
    client->after = state.reach.arrived.sequence;
  }
  for (SessionSubscription& each : state.subscriptions) {
    Resumed::Restored restored{{each.id, each.reach.arrived, std::nullopt}, each.filter, each.name};
    if (!each.name.empty()) {
      auto begun = co_await SubscribeDurably(client, std::move(each.filter), std::move(each.name),
                                             std::nullopt);
      if (client->subscriber == nullptr) {
        sessions_.PutBack(*client, session, whole);
        co_return Resumed{};
      }
      if (!begun) continue;
      restored.subscription = std::move(*begun);
    } else {
      Subscription subscription;
      subscription.id = ShortId(each.id);
      subscription.filter = client->room->Share(std::move(each.filter));
      subscription.after = each.reach.arrived.sequence;
      subscription.marked = subscription.arrived = each.reach.arrived;
      subscription.sent_before = before(each.reach);
      if (each.reach.arrived < client->position()) {
        subscription.behind =
            std::make_unique<Reading>(Reading{each.reach.arrived, std::nullopt, 0});
      }
      client->subscriptions.push_back(std::move(subscription));
    }
    resumed.subscriptions.push_back(std::move(restored));
  }
  client->session.marked = client->session.arrived = state.reach.arrived;
  co_await sessions_.Resumed(client, std::move(session));
  catch_up_.Wake(client);
  co_return resumed;
}

Status HubShard::Unsubscribe(const ClientPtr& client, const std::string& subscription) {
  const auto gone = std::erase_if(client->subscriptions, [&](const Subscription& each) {
    return each.id.view() == subscription;
  });
  Sessions::Changed(*client);
  if (gone == 0 && !durables_.End(client, subscription))
    return Fail(Errc::kNotFound, "This connection has no such subscription.");
  return {};
}

void HubShard::SetInTenantGroup(const ClientPtr& client, bool in) {
  client->in_tenant_group = in;
  Sessions::Changed(*client);
}

Position HubShard::Scanned(const Client& client) {
  return client.subscriptions.empty() ? client.position()
                                      : client.PositionOf(client.subscriptions.front());
}

std::size_t HubShard::Send(const TenantId& tenant, const LiveTarget& target,
                           const Message& message) {
  const auto room = rooms_.find(tenant);
  if (room == rooms_.end()) return 0;
  std::size_t took = 0;
  for (const ClientPtr& client : room->second->clients()) {
    if (client->info.kind != ClientInfo::Kind::kConnection || !IsMeant(*client, target)) continue;
    if (!client->subscriber->Offer(message)) {
      TellSlow(*client, "dropped");
      continue;
    }
    client->subscriber->Flush();
    ++took;
  }
  return took;
}

std::optional<std::size_t> HubShard::Give(const TenantId& tenant, const LiveTarget& target,
                                          const Message& message) {
  const auto room = rooms_.find(tenant);
  if (room == rooms_.end()) return 0;
  std::vector<ClientPtr> meant;
  for (const ClientPtr& client : room->second->clients()) {
    if (client->info.kind != ClientInfo::Kind::kConnection || !IsMeant(*client, target)) continue;
    if (!client->subscriber->HasRoom()) return std::nullopt;
    meant.push_back(client);
  }
  for (const ClientPtr& client : meant) {
    client->subscriber->Deliver(message);
    client->subscriber->Flush();
  }
  return meant.size();
}

std::size_t HubShard::CountOf(const TenantId& tenant, const LiveTarget& target) const {
  const auto room = rooms_.find(tenant);
  if (room == rooms_.end()) return 0;
  return static_cast<std::size_t>(
      std::ranges::count_if(room->second->clients(), [&](const ClientPtr& client) {
        return client->info.kind == ClientInfo::Kind::kConnection && IsMeant(*client, target);
      }));
}

void HubShard::Refresh(const TenantHandle& tenant) {
  const auto room = rooms_.find(tenant.id());
  if (room != rooms_.end()) room->second->SetTenant(tenant);
}

std::size_t HubShard::CloseWhere(const Chooser& chosen, const Farewell& farewell) {
  std::size_t closed = 0;
  for (const auto& [tenant, room] : rooms_) {
    for (const ClientPtr& client : room->clients()) {
      if (client->info.kind == ClientInfo::Kind::kPart || !chosen(tenant, client->info)) continue;
      client->subscriber->Close(farewell);
      ++closed;
    }
  }
  return closed;
}

void HubShard::Drain(Clock::Duration window) {
  for (const auto& [tenant, room] : rooms_) {
    for (const ClientPtr& client : room->clients()) {
      if (client->info.kind == ClientInfo::Kind::kPart) continue;
      const auto span = static_cast<std::uint64_t>(std::max<std::int64_t>(window.count(), 1));
      const Clock::Duration moment(static_cast<std::int64_t>(random_.Next() % span));
      io_.timers().After(moment, [weak = std::weak_ptr(client)] {
        const ClientPtr alive = weak.lock();
        if (alive && alive->subscriber != nullptr) alive->subscriber->Close({std::nullopt, true});
      });
    }
  }
}

async::Task<void> HubShard::Stop() {
  co_await tasks_.Stop();
  co_await sessions_.Stop();
}

std::string HubShard::NewSubscriptionId() {
  std::array<std::byte, 12> bytes{};
  std::string id;
  do {
    random_.Fill(bytes);
    id = ToBase64Url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  } while (id.front() == '-');  // On a command line it would be a flag.
  return id;
}

}  // namespace notify::agent::hub
