#include <sstream>

#include "common/config/field.hpp"
#include "tests/unit/common/config/fixture.hpp"

namespace notify {
namespace {

constexpr auto kEverything = R"(
listen: "[::1]:7801"
data_dir: "/srv/with space"
http: {cors: {allowed_origins: ["https://app.example.com"]}, trusted_proxies: [10.0.0.0/8]}
multi_tenancy: {strategy: [host, custom], custom: '^([a-z]+)\.x/'}
limits: {events_per_second: 100}
hub:
  invocations: {per_user: {rate: none}}
  methods: [{name: Broadcast, roles: [tenant-admin], per_user: {rate: 5/10m, burst: 2}}, {name: Publish, enabled: false}]
gateway:
  routes:
    - {path: /q, upstream: "http://u:1", emit: {type: a.b, data: {"odd name": /x}}}
issuers:
  - {issuer: "say \"i\"", audience: a, algorithms: [HS256], secret: "env:S", tenants: "*"}
)";

TEST_F(ConfigTest, WhatIsPrintedIsReadBackAsTheSame) {
  const auto printed = PrintConfig(Load(kEverything).value());
  const auto again = Load(printed);
  ASSERT_TRUE(again.has_value()) << again.error().detail << "\n" << printed;
  EXPECT_EQ(again->config.issuers.at(0).issuer, "say \"i\"");
  EXPECT_EQ(again->config.gateway.routes.at(0).emit.data.at(0).first, "odd name");
  EXPECT_EQ(again->config.limits.events_per_second, 100U);
  const auto& methods = again->config.hub.methods;
  EXPECT_EQ(methods.at(0).name, HubMethod::kBroadcast);
  EXPECT_EQ(methods.at(0).roles, std::vector<std::string>{"tenant-admin"});
  EXPECT_EQ(methods.at(0).per_user, (PaceLimit{Pace{5, std::chrono::minutes(10)}, 2}));
  EXPECT_FALSE(methods.at(1).enabled);
  EXPECT_FALSE(methods.at(1).roles);
  EXPECT_FALSE(again->config.hub.invocations.per_user.pace);
  // The origins are the only difference.
  const auto values = [](std::string text) {
    std::string kept;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
      kept += line.substr(0, line.rfind('#')) + "\n";
    return kept;
  };
  EXPECT_EQ(values(PrintConfig(*again)), values(printed));
}

TEST_F(ConfigTest, PrintsEveryValueWithItsOrigin) {
  const auto printed = PrintConfig(Load("log:\n  level: error\n").value());
  EXPECT_THAT(printed, ::testing::ContainsRegex("log.level: error +# notifyd.yaml:2\n"));
  EXPECT_THAT(printed, ::testing::ContainsRegex("http.max_body_bytes: 8MiB +# default\n"));
}

TEST(ConfigurationDocs, NameEveryKeyWithItsDefault) {
  const auto docs = ConfigurationMarkdown();
  EXPECT_THAT(docs,
              ::testing::HasSubstr("| `hub.max_message_bytes` | size, 1KiB to 64MiB | `320KiB` |"));
  EXPECT_THAT(docs, ::testing::HasSubstr(
                        "| `upstream` | an address such as http://127.0.0.1:9000 | required |"));
}

TEST(ConfigurationDocs, TheManPageHasEveryKey) {
  const auto page = ConfigurationManPage();
  EXPECT_THAT(page, ::testing::HasSubstr(".TH NOTIFYD.YAML 5"));
  for (const auto& field : AgentFields()) {
    if (field.nested) continue;
    EXPECT_THAT(page, ::testing::HasSubstr(".BR " + field.path + " ")) << field.path;
  }
  EXPECT_THAT(page, ::testing::HasSubstr("(auto | json | text)"));
  EXPECT_THAT(page, ::testing::HasSubstr(".BR hub.max_message_bytes \" (size, 1KiB to 64MiB)\""));
}

}  // namespace
}  // namespace notify
