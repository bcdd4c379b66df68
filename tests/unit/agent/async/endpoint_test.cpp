#include <gtest/gtest.h>

#include "agent/async/stream.hpp"

namespace notify::agent::async {
namespace {

TEST(EndpointTest, ReadsTcpAndUnixAddresses) {
  const Endpoint tcp = Endpoint::Parse("127.0.0.1:7800").value();
  EXPECT_EQ(tcp.kind, Endpoint::Kind::kTcp);
  EXPECT_EQ(tcp.host, "127.0.0.1");
  EXPECT_EQ(tcp.port, 7800);
  EXPECT_EQ(Endpoint::Parse("[::1]:80").value().host, "::1");
  EXPECT_EQ(Endpoint::Parse("unix:/run/n.sock").value().host, "/run/n.sock");
}

TEST(EndpointTest, WritesWhatItReads) {
  for (const char* text : {"127.0.0.1:7800", "[::1]:80", "unix:/run/n.sock", "host.example:0"}) {
    EXPECT_EQ(Endpoint::Parse(text).value().ToString(), text);
  }
}

TEST(EndpointTest, RefusesWhatIsNoAddress) {
  for (const char* text : {"", "host", ":80", "host:", "host:x", "host:65536", "host:-1",
                           "host:80 ", "unix:", "[]:80", "::1:80"}) {
    const auto parsed = Endpoint::Parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, Errc::kInvalidArgument);
  }
}

}  // namespace
}  // namespace notify::agent::async
