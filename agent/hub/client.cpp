#include "agent/hub/client.hpp"

#include <algorithm>

#include "agent/hub/room.hpp"

namespace notify::agent::hub {

bool Client::WantsNow(const EventFacts& event) const {
  if (event.position.sequence <= after || !MaySee(info.sight(), event)) return false;
  const auto asks = [&event](const DurablePtr& each) { return each->filter->Wants(event); };
  if (std::ranges::any_of(durables, asks)) return false;
  bool wanted = info.kind == ClientInfo::Kind::kConnection && in_tenant_group && event.broadcast;
  for (const Subscription& subscription : subscriptions) {
    if (!subscription.filter->Wants(event)) continue;
    if (subscription.behind) return false;
    wanted = wanted || event.position.sequence > subscription.after;
  }
  return wanted;
}

bool Client::IsBehind() const {
  return behind != nullptr ||
         std::ranges::any_of(subscriptions, [](const Subscription& subscription) {
           return subscription.behind != nullptr;
         });
}

Subscription* Client::Find(std::string_view id) {
  const auto found = std::ranges::find_if(
      subscriptions, [&](const Subscription& each) { return each.id.view() == id; });
  return found == subscriptions.end() ? nullptr : &*found;
}

Position Client::PositionOf(const Subscription& subscription) const {
  if (subscription.behind) return subscription.behind->cursor;
  // It may begin beyond what this thread has looked at.
  Position reached = position();
  reached.sequence = std::max(reached.sequence, subscription.after);
  return reached;
}

Position Client::position() const { return behind ? behind->cursor : room->head(); }

bool Client::InGroup(const std::string& group) const {
  const std::vector<std::string> groups = Groups();
  return std::ranges::find(groups, group) != groups.end();
}

std::vector<std::string> Client::Groups() const {
  std::vector<std::string> groups;
  if (info.kind != ClientInfo::Kind::kConnection) return groups;
  if (in_tenant_group) groups.push_back("tenant::" + room->tenant().id().text());
  if (!info.user().empty()) groups.push_back("user::" + std::string(info.user()));
  const auto add = [&groups](const SharedFilter& filter) {
    for (const std::string& topic : filter.filter().topics) {
      std::string group = "topic::" + topic;
      if (std::ranges::find(groups, group) == groups.end()) groups.push_back(std::move(group));
    }
  };
  for (const Subscription& subscription : subscriptions) add(*subscription.filter);
  for (const DurablePtr& durable : durables) add(*durable->filter);
  return groups;
}

}  // namespace notify::agent::hub
