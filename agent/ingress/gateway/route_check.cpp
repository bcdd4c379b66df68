#include "agent/ingress/gateway/route_check.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "common/api/routes.hpp"
#include "common/model/event_parser.hpp"

namespace notify::agent::ingress {
namespace {

// Contract 6 and sections 4.1 to 4.7 of the plan: taken also where this version has no operation
// there yet, so that a configuration stays valid over an upgrade.
constexpr std::array<std::string_view, 22> kApiNouns = {
    "admin",       "analytics",     "audit",       "config",  "connections", "consumers",
    "delivery",    "dlq",           "events",      "keys",    "log",         "metrics",
    "preferences", "notifications", "projections", "quotas",  "rate-limits", "schemas",
    "templates",   "tenants",       "tokens",      "triggers"};
constexpr std::array<std::string_view, 7> kOwnPaths = {
    "/healthz", "/readyz", "/metrics", "/openapi.json", "/dev", "/hubs", "/t"};

bool IsBelow(std::string_view path, std::string_view place) {
  return path.starts_with(place) && (path.size() == place.size() || path[place.size()] == '/');
}

/// What of ours stands at `path`; empty where nothing does.
std::string Collision(std::string_view path) {
  const auto match = api::MatchRoute(api::Method::kGet, path);
  if (!match.allow.empty()) return "a path of the agent itself (" + match.allow + ")";
  for (const auto own : kOwnPaths) {
    if (IsBelow(path, own)) return "below '" + std::string(own) + "', which is the agent's own";
  }
  for (const auto noun : kApiNouns) {
    const std::string place = "/api/" + std::string(noun);
    if (IsBelow(path, place)) return "below '" + place + "', which is the agent's own";
  }
  return {};
}

}  // namespace

Status CheckRoutes(const std::vector<RouteConfig>& routes) {
  Error error = Fail(Errc::kInvalidConfig, {},
                     "Choose another path for the route, and have callers use that one.");
  const auto note = [&](std::size_t i, std::string_view key, const std::string& problem) {
    const std::string place = "gateway.routes[" + std::to_string(i) + "]." + std::string(key);
    error.errors.push_back({place, problem, routes[i].line});
    if (error.detail.empty()) error.detail = place + " " + problem;
  };
  for (std::size_t i = 0; i < routes.size(); ++i) {
    if (const auto why = Collision(routes[i].path); !why.empty()) {
      note(i, "path", "'" + routes[i].path + "' is " + why + ".");
    }
    if (IsReservedType(routes[i].emit.type)) {
      note(i, "emit.type",
           "'" + routes[i].emit.type + "' is a type that only the agent publishes.");
    }
    if (!UpstreamEndpoint(routes[i])) {
      note(i, "upstream", "'" + routes[i].upstream + "' is not http://HOST:PORT.");
    }
  }
  if (error.errors.empty()) return {};
  return error;
}

Result<async::Endpoint> UpstreamEndpoint(const RouteConfig& route) {
  std::string_view address = route.upstream;
  constexpr std::string_view kScheme = "http://";
  if (address.starts_with(kScheme)) address.remove_prefix(kScheme.size());
  auto with_port = async::Endpoint::Parse(address);
  if (with_port) return with_port;
  auto endpoint = async::Endpoint::Parse(std::string(address) + ":80");
  if (endpoint && endpoint->kind == async::Endpoint::Kind::kTcp) return endpoint;
  return Fail(Errc::kInvalidConfig, "'" + route.upstream + "' is not http://HOST:PORT.");
}

}  // namespace notify::agent::ingress
