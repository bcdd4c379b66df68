#include "common/config/load.hpp"

#include "tests/unit/common/config/fixture.hpp"

namespace notify {
namespace {

using namespace std::chrono_literals;

TEST_F(ConfigTest, NothingGivesTheDefaultsOfTheContract) {
  const auto config = Config("");
  EXPECT_EQ(config.listen.ToString(), "127.0.0.1:7800");
  EXPECT_EQ(config.socket, "./data/notifyd.sock");
  EXPECT_EQ(config.security.master_key.ToString(), "file:./data/master.key");
  EXPECT_EQ(config.http.max_body_bytes, 8U << 20);
  EXPECT_EQ(config.hub.max_message_bytes, 320U << 10);
}

TEST_F(ConfigTest, ReadsSectionsAndUnits) {
  const auto config = Config(
      "listen: localhost:0\nhttp:\n  max_body_bytes: 1MiB\n  idle_timeout: 1m30s\nlog: {level: "
      "debug}\n");
  EXPECT_EQ(config.listen.port, 0);
  EXPECT_EQ(config.http.max_body_bytes, 1U << 20);
  EXPECT_EQ(config.http.idle_timeout, 90s);
  EXPECT_EQ(config.log.level, log::Level::kDebug);
}

TEST_F(ConfigTest, ASingleWordIsAChainOfOne) {
  EXPECT_EQ(Config("multi_tenancy:\n  strategy: header\n").multi_tenancy.strategy,
            std::vector{Strategy::kHeader});
}

TEST_F(ConfigTest, AChainKeepsItsOrder) {
  EXPECT_EQ(Config("multi_tenancy:\n  strategy: [path, key]\n").multi_tenancy.strategy,
            (std::vector{Strategy::kPath, Strategy::kKey}));
}

TEST_F(ConfigTest, AKeyMayBeWrittenWithDots) {
  EXPECT_FALSE(Config("advanced.signalr.enabled: false\n").SignalrOn());
}

TEST_F(ConfigTest, ASectionWithAllLinesCommentedOutIsFine) {
  EXPECT_EQ(Config("http:\n  # max_batch: 5\nlog:\n").http.max_batch, 10'000U);
}

TEST_F(ConfigTest, EnvironmentOverridesTheFile) {
  environment_ = {{"NOTIFYD_MULTI_TENANCY__STRATEGY", "header, path"}, {"HOME", "/root"}};
  EXPECT_EQ(Config("multi_tenancy:\n  strategy: key\n").multi_tenancy.strategy,
            (std::vector{Strategy::kHeader, Strategy::kPath}));
}

TEST_F(ConfigTest, FlagsOverrideTheEnvironment) {
  environment_ = {{"NOTIFYD_LISTEN", "127.0.0.1:1"}};
  flags_ = {{"listen", "127.0.0.1:2"}, {"insecure", "true"}};
  const auto config = Config("listen: 127.0.0.1:3\n");
  EXPECT_EQ(config.listen.port, 2);
  EXPECT_TRUE(config.insecure);
}

TEST_F(ConfigTest, StateDirectoryIsTheDefaultOfTheDataFolderOnly) {
  environment_ = {{"STATE_DIRECTORY", "/var/lib/notifyd:/var/lib/other"}};
  EXPECT_EQ(Config("").data_dir, "/var/lib/notifyd");
  EXPECT_EQ(Config("").socket, "/var/lib/notifyd/notifyd.sock");
  EXPECT_EQ(Config("data_dir: /srv/n\n").data_dir, "/srv/n");
}

TEST_F(ConfigTest, TellsWhereEachValueCameFrom) {
  environment_ = {{"NOTIFYD_HTTP__MAX_BATCH", "7"}};
  flags_ = {{"data_dir", "/srv/n"}};
  const auto loaded = Load("log:\n  level: error\n").value();
  EXPECT_EQ(loaded.OriginOf("log.level").ToString(), "notifyd.yaml:2");
  EXPECT_EQ(loaded.OriginOf("http.max_batch").ToString(), "environment NOTIFYD_HTTP__MAX_BATCH");
  EXPECT_EQ(loaded.OriginOf("data_dir").ToString(), "flag --data-dir");
  EXPECT_EQ(loaded.OriginOf("listen").ToString(), "default");
}

TEST_F(ConfigTest, ReadsRoutes) {
  const auto config = Config(R"(
gateway:
  routes:
    - path: /api/fx/quote
      upstream: http://127.0.0.1:9000
      emit:
        type: fx.quote.created
        data: {quoteId: /id, rate: /rate/value}
      timeout: 5s
)");
  const auto& route = config.gateway.routes.at(0);
  EXPECT_EQ(route.on.status, 200U);
  EXPECT_EQ(route.on.method, "POST");
  EXPECT_EQ(route.emit.data.at(1), (std::pair<std::string, std::string>("rate", "/rate/value")));
  EXPECT_EQ(route.timeout, 5s);
  EXPECT_EQ(route.line, 4);
}

TEST_F(ConfigTest, ReadsIssuers) {
  const auto config = Config(R"(
issuers:
  - issuer: https://id.example.com
    audience: notifyd
    algorithms: RS256
    key: /etc/notifyd/id.pem
    tenants: [blue, green]
  - {issuer: ci, audience: notifyd, algorithms: [HS256], secret: "env:CI_SECRET", tenants: "*"}
)");
  EXPECT_EQ(config.issuers.at(0).key.ToString(), "file:/etc/notifyd/id.pem");
  EXPECT_TRUE(config.issuers[0].tenants.Covers(TenantId::Parse("green").value()));
  EXPECT_FALSE(config.issuers[0].tenants.Covers(TenantId::Parse("red").value()));
  EXPECT_TRUE(config.issuers.at(1).tenants.Covers(TenantId::Parse("red").value()));
}

TEST_F(ConfigTest, SomethingIsOnWhenItsFlagAndItsSectionBothAre) {
  EXPECT_TRUE(Config("").NotificationsOn());
  EXPECT_FALSE(Config("notifications.enabled: false\n").NotificationsOn());
  EXPECT_FALSE(Config("advanced.notifications.enabled: false\n").NotificationsOn());
  EXPECT_FALSE(Config("multi_tenancy.enabled: false\n").MultiTenancyOn());
  EXPECT_FALSE(Config("advanced.multitenancy.enabled: false\n").MultiTenancyOn());
  EXPECT_FALSE(Config("analytics.enabled: false\n").AnalyticsOn());
  EXPECT_FALSE(Config("advanced.analytics.enabled: false\n").RequestLoggingOn());
  EXPECT_FALSE(Config("advanced.events.enabled: false\n").FxQuoteCreatedOn());
}

TEST_F(ConfigTest, LoopbackIsWhatOnlyThisMachineReaches) {
  for (const auto* text : {"127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "localhost:1"}) {
    EXPECT_TRUE(HostPort::Parse(text).value().IsLoopback()) << text;
  }
  for (const auto* text : {"0.0.0.0:1", "[::]:1", "127.example.com:1", "10.0.0.1:1"}) {
    EXPECT_FALSE(HostPort::Parse(text).value().IsLoopback()) << text;
  }
}

}  // namespace
}  // namespace notify
