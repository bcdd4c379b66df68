#include "agent/ingress/http/client_address.hpp"

#include <gtest/gtest.h>

namespace notify::agent::ingress {
namespace {

class ClientAddressTest : public testing::Test {
 protected:
  static std::string Of(const std::string& peer, std::vector<std::string_view> forwarded,
                        const std::vector<std::string>& trusted = {"10.0.0.1", "10.0.0.2"}) {
    RequestHead head;
    for (const std::string_view value : forwarded)
      head.headers.emplace_back("x-forwarded-for", value);
    return ClientAddress(head, async::Peer{.address = peer}, trusted);
  }
};

TEST_F(ClientAddressTest, IsThePeersWhateverAStrangerSays) {
  EXPECT_EQ(Of("1.2.3.4", {}), "1.2.3.4");
  EXPECT_EQ(Of("1.2.3.4", {"9.9.9.9"}), "1.2.3.4");
  EXPECT_EQ(Of("10.0.0.1", {"9.9.9.9"}, {}), "10.0.0.1");
}

TEST_F(ClientAddressTest, BehindATrustedProxyIsTheLastThatIsNone) {
  EXPECT_EQ(Of("10.0.0.1", {"9.9.9.9"}), "9.9.9.9");
  EXPECT_EQ(Of("10.0.0.1", {"9.9.9.9, 10.0.0.2"}), "9.9.9.9");
  EXPECT_EQ(Of("10.0.0.1", {"2001:db8::1", "10.0.0.2"}), "2001:db8::1");
}

TEST_F(ClientAddressTest, WhatTheClientItselfPutThereDoesNotCount) {
  EXPECT_EQ(Of("10.0.0.1", {"8.8.8.8, 9.9.9.9"}), "9.9.9.9");
}

TEST_F(ClientAddressTest, WhatIsNoAddressIsNotBelieved) {
  EXPECT_EQ(Of("10.0.0.1", {"<script>"}), "10.0.0.1");
  EXPECT_EQ(Of("10.0.0.1", {"9.9.9.9, "}), "10.0.0.1");
  EXPECT_EQ(Of("10.0.0.1", {std::string(100, '1')}), "10.0.0.1");
  EXPECT_EQ(Of("10.0.0.1", {"10.0.0.2"}), "10.0.0.1");
}

}  // namespace
}  // namespace notify::agent::ingress
