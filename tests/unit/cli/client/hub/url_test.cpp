#include "cli/client/hub/url.hpp"

#include <gtest/gtest.h>

namespace notify::cli::client {
namespace {

TEST(HubUrlTest, TakesHostPortPathAndQueryApart) {
  const auto url = HubUrl::Parse("https://chat.test:8443/hubs/chat?room=a%20b").value();
  EXPECT_EQ(url.endpoint.ToString(), "https://chat.test:8443");
  EXPECT_EQ(url.path, "/hubs/chat");
  EXPECT_EQ(url.query, "room=a%20b");
}

TEST(HubUrlTest, TheSchemesOfWebSocketsMeanThoseOfHttp) {
  EXPECT_EQ(HubUrl::Parse("ws://a.test/x").value(), HubUrl::Parse("http://a.test/x").value());
  EXPECT_EQ(HubUrl::Parse("wss://a.test/x").value(), HubUrl::Parse("https://a.test/x").value());
}

TEST(HubUrlTest, ASlashAtTheEndDoesNotBreakTheNegotiation) {
  EXPECT_EQ(HubUrl::Parse("http://a.test/x/").value().Target("/negotiate", ""), "/x/negotiate");
  EXPECT_EQ(HubUrl::Parse("http://a.test/").value().Target("", ""), "/");
}

TEST(HubUrlTest, TheApplicationsQueryStandsBeforeOurs) {
  const auto url = HubUrl::Parse("http://a.test/x?room=1").value();
  EXPECT_EQ(url.Target("/negotiate", "negotiateVersion=1"),
            "/x/negotiate?room=1&negotiateVersion=1");
  EXPECT_EQ(HubUrl::Parse("http://a.test/x").value().Target("", "id=7"), "/x?id=7");
}

TEST(HubUrlTest, TheAgentsHubLiesBehindItsBase) {
  const auto url = HubUrl::OfAgent(Endpoint::Parse("http://a.test/notify").value());
  EXPECT_EQ(url.Target("", ""), "/notify/hubs/notifications");
  EXPECT_TRUE(url.endpoint.base.empty());
}

TEST(HubUrlTest, RefusesWhatIsNoUrlOfAHub) {
  for (const auto* text :
       {"", "hub", "unix:/tmp/x", "http://", "http://a.test/x y", "http://a.test/x?a b",
        "http://a.test/x?a#b", "http://a.test/?x\r\nY: z"}) {
    EXPECT_EQ(HubUrl::Parse(text).error().code, Errc::kUsage) << text;
  }
}

TEST(HubUrlTest, MessagesDoNotShowTheQuery) {
  EXPECT_EQ(HubUrl::Parse("http://a.test/x?key=secret").value().ToString(), "http://a.test/x");
}

TEST(HubUrlTest, AValueOfAQueryIsEncoded) {
  EXPECT_EQ(EncodeQueryValue("a-Z_0.~"), "a-Z_0.~");
  EXPECT_EQ(EncodeQueryValue("a+b/c=&\xC3\xA9"), "a%2Bb%2Fc%3D%26%C3%A9");
}

}  // namespace
}  // namespace notify::cli::client
