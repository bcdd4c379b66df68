#include "agent/channel/webhook/address_guard.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

namespace notify::agent::channel {
namespace {

bool IsPublic(const std::string& text) {
  std::array<char, 16> bytes{};
  const bool v6 = text.find(':') != std::string::npos;
  EXPECT_EQ(inet_pton(v6 ? AF_INET6 : AF_INET, text.c_str(), bytes.data()), 1) << text;
  return IsPublicAddress({bytes.data(), v6 ? 16U : 4U});
}

TEST(AddressGuard, LetsThePublicInternetThrough) {
  for (const auto* address :
       {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.1", "169.253.1.1", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.1.1",
        "198.17.1.1", "198.20.0.0", "203.0.114.1", "223.255.255.255", "2606:4700:4700::1111",
        "2a00:1450:4001::1", "::ffff:1.1.1.1"}) {
    EXPECT_TRUE(IsPublic(address)) << address;
  }
}

TEST(AddressGuard, StopsWhatLeadsInside) {
  for (const auto* address :
       {"0.0.0.0",         "0.1.2.3",         "10.0.0.1",    "100.64.0.1",      "127.0.0.1",
        "127.255.255.254", "169.254.169.254", "172.16.0.1",  "172.31.255.255",  "192.0.0.8",
        "192.0.2.1",       "192.88.99.1",     "192.168.0.1", "198.18.0.1",      "198.19.255.255",
        "198.51.100.7",    "203.0.113.7",     "224.0.0.1",   "239.255.255.255", "240.0.0.1",
        "255.255.255.255"}) {
    EXPECT_FALSE(IsPublic(address)) << address;
    EXPECT_FALSE(IsPublic(std::string("::ffff:") + address)) << address;
    EXPECT_FALSE(IsPublic(std::string("64:ff9b::") + address)) << address;
    EXPECT_FALSE(IsPublic(std::string("::") + address)) << address;
  }
  for (const auto* address :
       {"::", "::1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1",
        "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "febf::1", "fec0::1", "ff02::1"}) {
    EXPECT_FALSE(IsPublic(address)) << address;
  }
}

TEST(AddressGuard, StopsWhatIsNoAddress) {
  EXPECT_FALSE(IsPublicAddress(""));
  EXPECT_FALSE(IsPublicAddress("12345"));
}

}  // namespace
}  // namespace notify::agent::channel
