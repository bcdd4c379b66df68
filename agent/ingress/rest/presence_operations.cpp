#include "agent/ingress/rest/presence_operations.hpp"

#include <utility>

#include "agent/ingress/rest/list_cursor.hpp"

namespace notify::agent::ingress::rest {
namespace {

async::Task<Result<Response>> List(hub::Presence& presence, Call& call) {
  const auto tenant = TenantOf(call);
  if (!tenant) co_return tenant.error();
  const auto limit = LimitOf(call);
  if (!limit) co_return limit.error();
  const auto place = CursorPlace(call, "presence");
  if (!place) co_return place.error();
  auto online = co_await presence.List(*tenant, place->value_or(""), *limit + 1);
  std::string next;
  if (online.size() > *limit) {
    online.resize(*limit);
    next = NextCursor(call, "presence", online.back().user);
  }
  std::vector<std::string> items;
  items.reserve(online.size());
  for (const auto& each : online) items.push_back(hub::PresenceJson(each));
  co_return ListResponse(items, next);
}

async::Task<Result<Response>> Get(hub::Presence& presence, Call& call) {
  const auto tenant = TenantOf(call);
  if (!tenant) co_return tenant.error();
  const auto found = co_await presence.Get(*tenant, std::string(call.Parameter("user")));
  co_return Json(hub::PresenceJson(found));
}

}  // namespace

void AddPresenceOperations(Operations& operations, hub::Presence& presence) {
  operations.Add("listPresence", [&presence](Call& call) { return List(presence, call); });
  operations.Add("getPresence", [&presence](Call& call) { return Get(presence, call); });
}

}  // namespace notify::agent::ingress::rest
