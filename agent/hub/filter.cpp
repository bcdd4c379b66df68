#include "agent/hub/filter.hpp"

#include <algorithm>
#include <string_view>

#include "common/model/event_parser.hpp"

namespace notify::agent::hub {
namespace {

bool Among(const std::vector<std::string>& list, std::string_view value) {
  return list.empty() || std::ranges::find(list, value) != list.end();
}

}  // namespace

Sight::Scope Sight::Of(RoleSet roles) {
  if (roles.Has(Role::kViewer) || roles.Has(Role::kTenantAdmin) ||
      roles.Has(Role::kPlatformAdmin)) {
    return Scope::kAll;
  }
  return roles.Has(Role::kSubscriber) ? Scope::kOwn : Scope::kNothing;
}

bool Matches(const Filter& filter, const RecordKeys& keys) {
  return (filter.types.empty() || MatchesType(keys.type, filter.types)) &&
         Among(filter.topics, keys.topic) && Among(filter.subjects, keys.subject) &&
         Among(filter.users, keys.userid);
}

bool IsOpenToSubscribers(const TenantSettings& settings, std::string_view type) {
  if (MatchesType(type, settings.broadcast)) return true;
  return settings.subscribable ? MatchesType(type, *settings.subscribable) : !IsReservedType(type);
}

bool MaySee(Sight sight, const EventFacts& event) {
  if (sight.scope != Sight::Scope::kOwn) return sight.scope == Sight::Scope::kAll;
  if (!event.keys.userid.empty()) return event.keys.userid == sight.user;
  return event.open_to_subscribers;
}

}  // namespace notify::agent::hub
