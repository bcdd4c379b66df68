#include "agent/eventlog/blocks/siphash.hpp"

#include <gtest/gtest.h>

#include <string>

namespace notify::agent::eventlog {
namespace {

TEST(SipHash, AgreesWithTheVectorsOfItsAuthors) {
  const std::array<std::uint64_t, 2> key = {0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL};
  std::string message;
  EXPECT_EQ(SipHash(key, message), 0x726fdb47dd0e0e31ULL);
  for (int i = 0; i < 15; ++i) message += static_cast<char>(i);
  EXPECT_EQ(SipHash(key, message), 0xa129ca6149be45e5ULL);
}

}  // namespace
}  // namespace notify::agent::eventlog
