#include "agent/hub/presence_table.hpp"

#include <utility>

namespace notify::agent::hub {

PresenceTable::PresenceTable(async::Timers& timers, telemetry::Metrics& metrics,
                             Clock::Duration grace, Tell tell)
    : timers_(timers), metrics_(metrics), grace_(grace), tell_(std::move(tell)) {}

void PresenceTable::Join(const TenantId& tenant, const std::string& user) {
  if (stopped_) return;
  auto place = tenants_.find(tenant);
  if (place == tenants_.end()) {
    telemetry::GaugeShare online(metrics_.users_online.For(tenant));
    place = tenants_.emplace(tenant, Tenant{std::move(online), {}}).first;
  }
  Tenant& of = place->second;
  const auto [known, came] = of.users.try_emplace(user);
  ++known->second.connections;
  if (!came) return;
  known->second.since = timers_.clock().WallNow();
  of.online.Set(static_cast<std::int64_t>(of.users.size()));
  tell_(tenant, Show(user, known->second), known->second.since);
}

void PresenceTable::Leave(const TenantId& tenant, const std::string& user) {
  const auto of = tenants_.find(tenant);
  if (stopped_ || of == tenants_.end()) return;
  const auto known = of->second.users.find(user);
  if (known == of->second.users.end() || --known->second.connections > 0) return;
  known->second.left = timers_.clock().Now();
  if (std::exchange(known->second.waits, true)) return;
  leaving_.push_back({known->second.left + grace_, tenant, user});
  Arm();
}

void PresenceTable::Arm() {
  if (armed_ || stopped_ || leaving_.empty()) return;
  armed_ = true;
  timer_ = timers_.After(leaving_.front().due - timers_.clock().Now(), [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->TakeDue();
  });
}

void PresenceTable::TakeDue() {
  armed_ = false;
  const Clock::TimePoint now = timers_.clock().Now();
  while (!stopped_ && !leaving_.empty() && leaving_.front().due <= now) {
    Leaving first = std::move(leaving_.front());
    leaving_.pop_front();
    LookAt(std::move(first), now);
  }
  Arm();
}

void PresenceTable::LookAt(Leaving leaving, Clock::TimePoint now) {
  const auto of = tenants_.find(leaving.tenant);
  if (of == tenants_.end()) return;
  const auto known = of->second.users.find(leaving.user);
  if (known == of->second.users.end()) return;
  User& user = known->second;
  user.waits = false;
  if (user.connections > 0) return;
  if (user.left + grace_ > now) {
    // It came back and left again meanwhile.
    user.waits = true;
    leaving.due = user.left + grace_;
    leaving_.push_back(std::move(leaving));
    return;
  }
  of->second.users.erase(known);
  of->second.online.Set(static_cast<std::int64_t>(of->second.users.size()));
  if (of->second.users.empty()) tenants_.erase(of);
  tell_(leaving.tenant, {leaving.user, 0, std::nullopt}, timers_.clock().WallNow());
}

UserPresence PresenceTable::Show(const std::string& name, const User& user) {
  return {name, user.connections, user.since};
}

std::vector<UserPresence> PresenceTable::List(const TenantId& tenant, const std::string& after,
                                              std::size_t limit) const {
  std::vector<UserPresence> list;
  const auto of = tenants_.find(tenant);
  if (of == tenants_.end()) return list;
  const auto& users = of->second.users;
  for (auto each = users.upper_bound(after); each != users.end() && list.size() < limit; ++each) {
    list.push_back(Show(each->first, each->second));
  }
  return list;
}

UserPresence PresenceTable::Get(const TenantId& tenant, const std::string& user) const {
  const auto of = tenants_.find(tenant);
  if (of != tenants_.end()) {
    const auto known = of->second.users.find(user);
    if (known != of->second.users.end()) return Show(user, known->second);
  }
  return {user, 0, std::nullopt};
}

void PresenceTable::Stop() {
  stopped_ = true;
  if (armed_) timers_.Cancel(timer_);
  armed_ = false;
  leaving_.clear();
  tenants_.clear();
}

}  // namespace notify::agent::hub
