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
  for (const ClientPtr& client : clients_) {
    if (client->IsBehind()) owner_.Wake(client);
  }
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
  if (!attached_) {
    early_.push_back(batch);
    return;
  }
  Take(*batch);
  for (const ClientPtr& client : clients_) {
    if (client->IsBehind()) owner_.Wake(client);
  }
}

void Room::Take(const CommittedBatch& batch) {
  if (batch.epoch != head_.epoch || batch.first.value > head_.sequence.value + 1) {
    // Another log, or a hole that the feed promised not to have: the log itself knows.
    FallBehind();
    head_ = {batch.epoch, batch.last()};
    return;
  }
  for (std::size_t i = head_.sequence.value + 1 - batch.first.value; i < batch.events.size(); ++i) {
    DeliverEvent(batch, i);
  }
}

void Room::DeliverEvent(const CommittedBatch& batch, std::size_t index) {
  const EventFacts event = Look(batch, index);
  std::optional<Message> message;
  std::uint32_t got = 0;
  for (const ClientPtr& client : clients_) {
    if (client->behind || !client->WantsNow(event)) continue;
    if (!client->subscriber->HasRoom()) {
      owner_.FellBehind(*client);
      client->behind = std::make_unique<Reading>(Reading{head_, std::nullopt, 0});
      continue;
    }
    if (!message) message.emplace(tenant_.record(), batch, index);
    client->subscriber->Deliver(*message);
    ++got;
    if (!std::exchange(client->touched, true)) touched_.push_back(client);
  }
  head_ = event.position;
  if (got > 0) ring_.Record(tenant_.id(), event.position, got);
}

void Room::Flush() {
  for (const ClientPtr& client : touched_) {
    client->touched = false;
    if (client->subscriber != nullptr) client->subscriber->Flush();
  }
  touched_.clear();
}

EventFacts Room::Look(const CommittedBatch& batch, std::size_t index) {
  EventFacts event;
  event.position = {batch.epoch, Sequence{batch.first.value + index}};
  event.ticket = ++last_ticket_;
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
