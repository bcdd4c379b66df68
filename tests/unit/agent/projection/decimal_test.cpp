#include "agent/projection/decimal.hpp"

#include <gtest/gtest.h>

namespace notify::agent::projection {
namespace {

std::string Sum(std::string_view left, std::string_view right) {
  const auto sum = Decimal::Parse(left)->Plus(*Decimal::Parse(right));
  return sum ? sum->ToString() : "too long";
}

std::string Read(std::string_view number) {
  const auto decimal = Decimal::Parse(number);
  return decimal ? decimal->ToString() : "none";
}

TEST(DecimalTest, AddsAsOnPaper) {
  EXPECT_EQ(Sum("0.1", "0.2"), "0.3");
  EXPECT_EQ(Sum("12.50", "0.50"), "13");
  EXPECT_EQ(Sum("-3", "2.75"), "-0.25");
  EXPECT_EQ(Sum("9007199254740993", "1"), "9007199254740994");
  EXPECT_EQ(Sum("1e3", "-1E3"), "0");
  EXPECT_EQ(Sum("-0.05", "0"), "-0.05");
}

TEST(DecimalTest, ReadsWhatJsonCallsANumber) {
  EXPECT_EQ(Read("-0"), "0");
  EXPECT_EQ(Read("1.5e-3"), "0.0015");
  EXPECT_EQ(Read("1200e-2"), "12");
  EXPECT_EQ(Read("0e999999"), "0");
  EXPECT_EQ(Read("0.0000000000000000000000000000000001"), "0.0000000000000000000000000000000001");
  for (const auto* none :
       {"", "-", "abc", "1e", "1.2.3", "1e400", "1e-400", "12345678901234567890123456789012345"}) {
    EXPECT_EQ(Read(none), "none") << none;
  }
}

TEST(DecimalTest, ASumThatIsTooLongIsNone) {
  const std::string most(34, '9');
  EXPECT_EQ(Sum(most, "1"), "too long");
  EXPECT_EQ(Sum(most, "0.1"), "too long");
  EXPECT_EQ(Sum(most, "-1"), std::string(33, '9') + "8");
}

TEST(DecimalTest, ComparesAsNumbers) {
  const auto compare = [](std::string_view left, std::string_view right) {
    return Decimal::Parse(left)->Compare(*Decimal::Parse(right));
  };
  EXPECT_TRUE(compare("1.0", "1") == 0);
  EXPECT_TRUE(compare("-2", "-1.5") < 0);
  EXPECT_TRUE(compare(std::string(34, '9'), "0.0000000001") > 0);
  EXPECT_TRUE(compare("0.0000000001", std::string(34, '9')) < 0);
  EXPECT_TRUE(compare("-" + std::string(34, '9'), "0.0000000001") < 0);
}

}  // namespace
}  // namespace notify::agent::projection
