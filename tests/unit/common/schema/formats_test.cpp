#include "common/schema/formats.hpp"

#include <gtest/gtest.h>

namespace notify::schema {
namespace {

TEST(Formats, TimesAreThoseOfRfc3339) {
  EXPECT_TRUE(FitsFormat("date-time", "2026-06-30T12:34:56.789+02:00"));
  EXPECT_FALSE(FitsFormat("date-time", "2026-06-30 noon"));
  EXPECT_TRUE(FitsFormat("date", "2026-02-28"));
  EXPECT_FALSE(FitsFormat("date", "2026-02-30"));
  EXPECT_TRUE(FitsFormat("time", "12:00:00Z"));
  EXPECT_FALSE(FitsFormat("time", "25:00:00Z"));
}

TEST(Formats, AddressesAndIdsAreCheckedByTheirForm) {
  EXPECT_TRUE(FitsFormat("uuid", "0196a0c4-7b1e-7cc3-8000-0123456789ab"));
  EXPECT_FALSE(FitsFormat("uuid", "0196a0c47b1e7cc380000123456789ab"));
  EXPECT_TRUE(FitsFormat("email", "ann.b+x@mail.example.com"));
  EXPECT_FALSE(FitsFormat("email", "ann@@example.com"));
  EXPECT_TRUE(FitsFormat("ipv4", "192.0.2.1"));
  EXPECT_FALSE(FitsFormat("ipv4", "192.0.2.256"));
  EXPECT_TRUE(FitsFormat("ipv6", "2001:db8::1"));
  EXPECT_FALSE(FitsFormat("ipv6", std::string("::1\0", 4)));
  EXPECT_TRUE(FitsFormat("uri", "https://example.com/a?b=%20"));
  EXPECT_FALSE(FitsFormat("uri", "no scheme"));
}

TEST(Formats, OthersAreRemarks) {
  EXPECT_TRUE(FitsFormat("currency", "€"));
  EXPECT_FALSE(IsCheckedFormat("currency"));
}

}  // namespace
}  // namespace notify::schema
