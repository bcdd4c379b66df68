#include "common/api/routes.hpp"

#include <gtest/gtest.h>

#include <set>

namespace notify::api {
namespace {

std::string OperationOf(Method method, std::string_view path) {
  const auto match = MatchRoute(method, path);
  return match.route == nullptr ? "none" : std::string(match.route->operation);
}

TEST(Routes, HaveUniqueOperationsAndUniqueMethodAndPattern) {
  std::set<std::string_view> operations;
  std::set<std::pair<Method, std::string_view>> places;
  for (const auto& route : Routes()) {
    EXPECT_TRUE(operations.insert(route.operation).second) << route.operation;
    EXPECT_TRUE(places.emplace(route.method, route.pattern).second) << route.pattern;
    EXPECT_FALSE(route.summary.empty()) << route.operation;
  }
}

TEST(Routes, FindTheOperationByMethodAndPath) {
  EXPECT_EQ(OperationOf(Method::kGet, "/api/tenants"), "listTenants");
  EXPECT_EQ(OperationOf(Method::kDelete, "/api/tenants/blue"), "deleteTenant");
  EXPECT_EQ(OperationOf(Method::kPost, "/api/tokens/alice/revoke"), "revokeTokens");
  EXPECT_EQ(OperationOf(Method::kGet, "/healthz"), "getHealth");
}

TEST(Routes, LiteralSegmentsWinOverParameters) {
  EXPECT_EQ(OperationOf(Method::kGet, "/api/events/stream"), "streamEvents");
  EXPECT_EQ(OperationOf(Method::kGet, "/api/events/0190a"), "getEvent");
  EXPECT_EQ(OperationOf(Method::kGet, "/api/events/publish"), "none");
}

TEST(Routes, ParametersArePercentDecoded) {
  const auto match = MatchRoute(Method::kGet, "/api/events/order%207%25");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.parameters.at("id"), "order 7%");
}

TEST(Routes, PathsThatAreNotNormalMatchNothing) {
  for (const auto* path : {"", "api", "/api//tenants", "/api/tenants/", "/api/tenants/..",
                           "/api/tenants/a%2Fb", "/api/tenants/%zz", "/api/tenants/a/b/c"}) {
    EXPECT_TRUE(MatchRoute(Method::kGet, path).allow.empty()) << path;
  }
}

TEST(Routes, WrongMethodSaysWhichOnesThePathTakes) {
  const auto match = MatchRoute(Method::kPut, "/api/keys");
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.allow, "POST, GET");
}

TEST(Routes, BuildPathIsTheInverseOfMatch) {
  const auto path = BuildPath("getEvent", {{"id", "a/b c%ü"}});
  EXPECT_EQ(path, "/api/events/a%2Fb%20c%25%C3%BC");
  EXPECT_EQ(BuildPath("getTenant", {{"id", "blue"}}), "/api/tenants/blue");
}

TEST(Routes, NamesOfMethodsRoundTrip) {
  for (const auto& route : Routes()) {
    EXPECT_EQ(MethodFromName(MethodName(route.method)), route.method);
  }
  EXPECT_FALSE(MethodFromName("get").has_value());
}

}  // namespace
}  // namespace notify::api
