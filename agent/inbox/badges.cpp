#include "agent/inbox/badges.hpp"

#include <utility>

namespace notify::agent::inbox {

Badges::Badges(async::Runtime& runtime, LiveSink& live, Clock::Duration pace, Count count)
    : runtime_(runtime),
      live_(live),
      pace_(pace),
      count_(std::move(count)),
      tasks_(runtime.platform()) {}

void Badges::Changed(const TenantHandle& tenant, const std::string& user) {
  if (tasks_.stopping()) return;
  const auto [place, fresh] = places_.try_emplace(Key{tenant.id(), user}, tenant);
  place->second.tenant = tenant;
  place->second.changed = true;
  if (fresh) Queue(place->first);
}

void Badges::Queue(Key key) {
  ready_.push_back(std::move(key));
  if (running_) return;
  running_ = true;
  tasks_.Spawn(Run());
}

async::Task<void> Badges::Run() {
  // One after another: what a user is told last is what was counted last.
  while (!ready_.empty() && !tasks_.stopping()) {
    Key key = std::move(ready_.front());
    ready_.pop_front();
    const auto place = places_.find(key);
    if (place == places_.end() || place->second.rests) continue;
    place->second.changed = false;
    place->second.rests = true;
    co_await Tell(key, place->second.tenant);
    Rest(key);
  }
  running_ = false;
}

async::Task<void> Badges::Tell(Key key, TenantHandle tenant) {
  const auto unread = count_(tenant, key.second);
  if (!unread) co_return;
  LiveTarget target{LiveTarget::Kind::kUser, std::move(key.second)};
  std::string argument = "{\"unread\":" + std::to_string(*unread) + "}";
  co_await live_.InvokeNewest(std::move(tenant), std::move(target), "badge", std::move(argument),
                              "badge");
}

void Badges::Rest(const Key& key) {
  const auto place = places_.find(key);
  if (place == places_.end() || tasks_.stopping()) return;
  async::Timers& timers = runtime_.platform_timers();
  timers.Cancel(place->second.rested);
  place->second.rested = timers.After(pace_, [this, key] { Rested(key); });
}

void Badges::Rested(const Key& key) {
  const auto place = places_.find(key);
  if (place == places_.end() || tasks_.stopping()) return;
  place->second.rests = false;
  if (place->second.changed) {
    Queue(key);
  } else {
    places_.erase(place);
  }
}

void Badges::LetGo(const TenantId& tenant) {
  std::erase_if(places_, [&](const auto& place) {
    if (place.first.first != tenant) return false;
    runtime_.platform_timers().Cancel(place.second.rested);
    return true;
  });
}

async::Task<void> Badges::Stop() {
  ready_.clear();
  for (const auto& [key, place] : places_) runtime_.platform_timers().Cancel(place.rested);
  places_.clear();
  co_await tasks_.Stop();
}

}  // namespace notify::agent::inbox
