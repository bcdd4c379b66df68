#include "agent/hub/room.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace notify::agent::hub {

Room::Room(TenantHandle tenant, DeliveryRing& ring, RoomOwner& owner)
    : tenant_(std::move(tenant)),
      record_(std::make_shared<Record>(std::make_shared<const TenantHandle>(tenant_))),
      ring_(ring),
      owner_(owner) {}

void Room::SetTenant(TenantHandle tenant) {
  tenant_ = std::move(tenant);
  record_->store(std::make_shared<const TenantHandle>(tenant_));
}

void Room::Attached(Position head) {
  attached_ = true;
  head_ = head;
  for (const BatchPtr& batch : std::exchange(early_, {})) Take(*batch);
  WakeAll();
}

void Room::Interrupt() {
  attached_ = false;
  early_.clear();
  FallBehind();
  owner_.Interrupted(shared_from_this());
}

void Room::FallBehind() {
  for (const ClientPtr& client : clients_) {
    if (!client->behind)
      client->behind = std::make_unique<Reading>(Reading{head_, std::nullopt, 0});
  }
}

void Room::Deliver(const BatchPtr& batch) {
  if (attached_) {
    Take(*batch);
  } else {
    early_.push_back(batch);
  }
}

class Room::Handful {
 public:
  /// The events of `batch` from `first` on, as many as are looked at together. `room` has begun a
  /// look for them.
  Handful(const Room& room, const CommittedBatch& batch, std::size_t first)
      : tenant_(room.tenant_), batch_(batch), first_(first) {
    const std::size_t count = std::min(batch.events.size() - first, EventFacts::kTogether);
    for (std::size_t i = 0; i < count; ++i) {
      facts_.push_back(room.FactsOf(batch, first + i));
      facts_.back().place = static_cast<std::uint8_t>(i);
    }
    messages_.resize(count);
    got_.resize(count);
  }

  std::size_t size() const { return facts_.size(); }
  const EventFacts& operator[](std::size_t i) const { return facts_[i]; }
  /// What the clients that want the event are given.
  const Message& Give(std::size_t i) {
    ++got_[i];
    if (!messages_[i]) messages_[i].emplace(tenant_.record(), batch_, first_ + i);
    return *messages_[i];
  }
  void Count(DeliveryRing& ring) const {
    for (std::size_t i = 0; i < size(); ++i) {
      if (got_[i] > 0) ring.Record(tenant_.id(), facts_[i].position, got_[i]);
    }
  }

 private:
  const TenantHandle& tenant_;
  const CommittedBatch& batch_;
  const std::size_t first_;
  std::vector<EventFacts> facts_;
  std::vector<std::optional<Message>> messages_;
  std::vector<std::uint32_t> got_;
};

void Room::Take(const CommittedBatch& batch) {
  if (batch.epoch != head_.epoch || batch.first.value > head_.sequence.value + 1) {
    // Another log, or a hole that the feed promised not to have: the log itself knows.
    FallBehind();
    head_ = {batch.epoch, batch.last()};
    WakeAll();
    return;
  }
  std::size_t next = head_.sequence.value + 1 - batch.first.value;
  while (next < batch.events.size()) {
    ++last_look_;
    Handful events(*this, batch, next);
    // Client by client: what one has in memory is fetched once for all that it gets, and while the
    // one before it is written to.
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      const ClientPtr& client = clients_[i];
      if (i + 1 < clients_.size()) __builtin_prefetch(clients_[i + 1].get());
      DeliverTo(*client, events);
      if (client->IsBehind()) owner_.Wake(client);
    }
    events.Count(ring_);
    next += events.size();
    head_ = {batch.epoch, Sequence{batch.first.value + next - 1}};
  }
}

void Room::DeliverTo(Client& client, Handful& events) {
  bool given = false;
  for (std::size_t i = 0; i < events.size() && !client.behind; ++i) {
    const EventFacts& event = events[i];
    if (!client.WantsNow(event)) continue;
    if (!client.subscriber->HasRoom()) {
      owner_.FellBehind(client);
      const Position before{event.position.epoch, Sequence{event.position.sequence.value - 1}};
      client.behind = std::make_unique<Reading>(Reading{before, std::nullopt, 0});
      break;
    }
    client.subscriber->Deliver(events.Give(i));
    given = true;
  }
  if (given) client.subscriber->Flush();
}

void Room::WakeAll() {
  for (const ClientPtr& client : clients_) {
    if (client->IsBehind()) owner_.Wake(client);
  }
}

EventFacts Room::FactsOf(const CommittedBatch& batch, std::size_t index) const {
  EventFacts event;
  event.position = {batch.epoch, Sequence{batch.first.value + index}};
  event.look = last_look_;
  if (const auto keys = ReadRecordKeys(batch.events.Record(index))) event.keys = *keys;
  const TenantSettings& settings = tenant_.record().settings;
  const bool broadcast_type = MatchesType(event.keys.type, settings.broadcast);
  // History is no news: whoever wants it subscribes.
  event.broadcast = broadcast_type && event.keys.fires_triggers;
  event.open_to_subscribers = broadcast_type || IsOpenToSubscribers(settings, event.keys.type);
  return event;
}

void Room::Add(const ClientPtr& client) {
  client->after = head_.sequence;
  if (!attached_) client->behind = std::make_unique<Reading>(Reading{head_, std::nullopt, 0});
  clients_.push_back(client);
}

void Room::Remove(const ClientPtr& client) { std::erase(clients_, client); }

std::shared_ptr<SharedFilter> Room::Share(Filter filter) {
  std::erase_if(filters_, [](const auto& known) { return known.expired(); });
  for (const auto& known : filters_) {
    if (auto shared = known.lock(); shared && shared->filter() == filter) return shared;
  }
  auto shared = std::make_shared<SharedFilter>(std::move(filter));
  filters_.push_back(shared);
  return shared;
}

}  // namespace notify::agent::hub
