#include "cli/client/endpoint.hpp"

#include <gtest/gtest.h>

namespace notify::cli::client {
namespace {

TEST(Endpoint, ReadsSocketsAndAddresses) {
  EXPECT_EQ(Endpoint::Parse("unix:./data/notifyd.sock").value().path, "./data/notifyd.sock");
  const auto http = Endpoint::Parse("http://127.0.0.1:7800/base/").value();
  EXPECT_EQ(http.host, "127.0.0.1");
  EXPECT_EQ(http.port, 7800);
  EXPECT_EQ(http.base, "/base");
  EXPECT_EQ(Endpoint::Parse("https://h").value().port, 443);
  EXPECT_EQ(Endpoint::Parse("http://[::1]:80").value().host, "::1");
}

TEST(Endpoint, TextFormReadsBack) {
  for (const auto* text :
       {"unix:/run/x.sock", "http://127.0.0.1:7800", "https://h/api-gw", "http://[::1]:9"}) {
    EXPECT_EQ(Endpoint::Parse(text).value().ToString(), text);
  }
}

TEST(Endpoint, RefusesTheRest) {
  for (const auto* text : {"", "unix:", "h:7800", "ftp://h", "http://", "http://h:0", "http://h:x",
                           "http://h:99999", "http://[::1", "http://u@h", "http://h\r\nX: y"}) {
    EXPECT_EQ(Endpoint::Parse(text).error().code, Errc::kUsage) << text;
  }
}

}  // namespace
}  // namespace notify::cli::client
