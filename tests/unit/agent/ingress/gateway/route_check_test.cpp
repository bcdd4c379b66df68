#include "agent/ingress/gateway/route_check.hpp"

#include <gtest/gtest.h>

namespace notify::agent::ingress {
namespace {

std::vector<RouteConfig> RouteAt(std::string path) {
  RouteConfig route;
  route.path = std::move(path);
  route.upstream = "http://127.0.0.1:9000";
  route.emit.type = "fx.quote.created";
  route.line = 12;
  return {route};
}

std::string Complaint(const std::vector<RouteConfig>& routes) {
  const auto checked = CheckRoutes(routes);
  return checked ? "none" : checked.error().detail;
}

TEST(RouteCheck, TakesAPathOfSomebodyElse) {
  EXPECT_EQ(Complaint(RouteAt("/api/fx/quote")), "none");
  EXPECT_EQ(Complaint(RouteAt("/api/keystone")), "none");
}

TEST(RouteCheck, RefusesAPathOfAnOperationAndNamesIt) {
  EXPECT_EQ(Complaint(RouteAt("/api/events/publish")),
            "gateway.routes[0].path '/api/events/publish' is a path of the agent itself (POST).");
}

TEST(RouteCheck, RefusesPathsThatTheProductKeeps) {
  EXPECT_EQ(
      Complaint(RouteAt("/hubs/notifications")),
      "gateway.routes[0].path '/hubs/notifications' is below '/hubs', which is the agent's own.");
  EXPECT_EQ(
      Complaint(RouteAt("/api/schemas/x/y")),
      "gateway.routes[0].path '/api/schemas/x/y' is below '/api/schemas', which is the agent's "
      "own.");
}

TEST(RouteCheck, NamesEveryCollisionWithItsLine) {
  auto routes = RouteAt("/metrics");
  routes.push_back(RouteAt("/api/tenants")[0]);
  const auto checked = CheckRoutes(routes);
  ASSERT_EQ(checked.error().errors.size(), 2U);
  EXPECT_EQ(checked.error().errors[1].pointer, "gateway.routes[1].path");
  EXPECT_EQ(checked.error().errors[1].line, 12);
}

TEST(RouteCheck, RefusesATypeThatOnlyTheAgentPublishes) {
  auto routes = RouteAt("/api/fx/quote");
  routes[0].emit.type = "notification.sent";
  EXPECT_EQ(
      Complaint(routes),
      "gateway.routes[0].emit.type 'notification.sent' is a type that only the agent publishes.");
}

TEST(RouteCheck, AnUpstreamWithoutAPortIsAtPort80) {
  auto route = RouteAt("/x")[0];
  route.upstream = "http://fx.internal";
  EXPECT_EQ(UpstreamEndpoint(route).value().ToString(), "fx.internal:80");
  route.upstream = "http://fx.internal:port";
  EXPECT_FALSE(UpstreamEndpoint(route).has_value());
}

}  // namespace
}  // namespace notify::agent::ingress
