#include "common/address_block.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace notify {
namespace {

TEST(AddressBlock, AnAddressAloneIsItself) {
  EXPECT_TRUE(IsInAddressBlock("10.0.0.1", "10.0.0.1"));
  EXPECT_FALSE(IsInAddressBlock("10.0.0.2", "10.0.0.1"));
  EXPECT_TRUE(IsInAddressBlock("2001:db8::1", "2001:db8:0::1"));
}

TEST(AddressBlock, ABlockHasWhatBeginsAsItDoes) {
  EXPECT_TRUE(IsInAddressBlock("10.200.3.4", "10.0.0.0/8"));
  EXPECT_FALSE(IsInAddressBlock("11.0.0.1", "10.0.0.0/8"));
  EXPECT_TRUE(IsInAddressBlock("192.168.1.127", "192.168.1.0/25"));
  EXPECT_FALSE(IsInAddressBlock("192.168.1.128", "192.168.1.0/25"));
  EXPECT_TRUE(IsInAddressBlock("2001:db8:1::9", "2001:db8::/32"));
  EXPECT_FALSE(IsInAddressBlock("2001:db9::9", "2001:db8::/32"));
  EXPECT_TRUE(IsInAddressBlock("1.2.3.4", "0.0.0.0/0"));
}

TEST(AddressBlock, AMappedAddressIsAnIpv4One) {
  EXPECT_TRUE(IsInAddressBlock("::ffff:10.0.0.1", "10.0.0.0/8"));
  EXPECT_FALSE(IsInAddressBlock("10.0.0.1", "::/0"));
}

TEST(AddressBlock, WhatIsNoneLiesNowhere) {
  for (const char* text : {"", "unix", "10.0.0", "10.0.0.1/8"}) {
    EXPECT_FALSE(IsInAddressBlock(text, "0.0.0.0/0")) << text;
  }
  for (const char* block : {"", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/x", "10.0.0.0/-1"}) {
    EXPECT_FALSE(IsInAddressBlock("10.0.0.0", block)) << block;
  }
}

TEST(AddressBlock, OneOfSeveralIsEnough) {
  const std::vector<std::string> blocks = {"127.0.0.1", "10.0.0.0/8"};
  EXPECT_TRUE(IsInAddressBlocks("10.1.2.3", blocks));
  EXPECT_FALSE(IsInAddressBlocks("9.9.9.9", blocks));
  EXPECT_FALSE(IsInAddressBlocks("9.9.9.9", {}));
}

}  // namespace
}  // namespace notify
