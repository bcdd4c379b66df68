#include "agent/eventlog/blocks/crc32c.hpp"

#include <gtest/gtest.h>

#include <string>

namespace notify::agent::eventlog {
namespace {

TEST(Crc32c, GivesTheCheckValueOfTheStandard) {
  EXPECT_EQ(Crc32c("123456789"), 0xE3069283U);
  EXPECT_EQ(Crc32cByTable("123456789"), 0xE3069283U);
}

TEST(Crc32c, GivesTheExamplesOfRfc3720) {
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8A9136AAU);
  EXPECT_EQ(Crc32c(std::string(32, '\xFF')), 0x62A8AB43U);
}

TEST(Crc32c, IsTheSameWithAndWithoutTheInstruction) {
  std::string bytes;
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(Crc32c(bytes), Crc32cByTable(bytes)) << bytes.size();
    bytes += static_cast<char>(i * 37);
  }
}

}  // namespace
}  // namespace notify::agent::eventlog
