#include "agent/ingress/signalr/connection_table.hpp"

#include <utility>

namespace notify::agent::ingress::signalr {

std::shared_ptr<HubConnection> ConnectionTable::Find(const ConnectionKey& key) const {
  const auto place = open_.find(key);
  return place == open_.end() ? nullptr : place->second;
}

bool ConnectionTable::WasUsed(const ConnectionKey& key) const { return used_.contains(key); }

void ConnectionTable::Add(const ConnectionKey& key, std::shared_ptr<HubConnection> connection) {
  open_.emplace(key, std::move(connection));
}

void ConnectionTable::Remove(const ConnectionKey& key, Clock::TimePoint expires,
                             Clock::TimePoint now) {
  open_.erase(key);
  while (!in_order_.empty() && in_order_.front().expires <= now) {
    used_.erase(in_order_.front().key);
    in_order_.pop_front();
  }
  if (expires <= now) return;
  used_.emplace(key, expires);
  in_order_.push_back({expires, key});
}

void ConnectionTable::ForEach(const std::function<void(HubConnection&)>& visit) const {
  for (const auto& [key, connection] : open_) visit(*connection);
}

}  // namespace notify::agent::ingress::signalr
