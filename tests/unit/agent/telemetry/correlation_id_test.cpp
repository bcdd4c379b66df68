#include "agent/telemetry/correlation_id.hpp"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"
#include "tests/support/seeded_random.hpp"

namespace notify::agent::telemetry {
namespace {

class CorrelationIdTest : public ::testing::Test {
 protected:
  std::string Accept(std::string_view header) {
    return AcceptCorrelationId(header, clock_, random_);
  }
  bool IsReplaced(std::string_view header) {
    const std::string id = Accept(header);
    return id != header && id.size() == 36 && IsCorrelationId(id);
  }

  testing_support::FakeClock clock_;
  testing_support::SeededRandom random_;
};

TEST_F(CorrelationIdTest, IsTheCallersWhereItIsOne) {
  EXPECT_EQ(Accept("req:2026-06-30.A_z09"), "req:2026-06-30.A_z09");
  EXPECT_EQ(Accept(std::string(128, 'x')), std::string(128, 'x'));
}

TEST_F(CorrelationIdTest, IsReplacedWhereItIsMissingOrTooLong) {
  EXPECT_TRUE(IsReplaced(""));
  EXPECT_TRUE(IsReplaced(std::string(129, 'x')));
}

TEST_F(CorrelationIdTest, IsReplacedForAnyOtherCharacter) {
  for (const char* header : {"a b", "a\nb", "a\"b", "a/b", "a{b", "ä", "a\x7f", "a\tb"}) {
    EXPECT_TRUE(IsReplaced(header)) << header;
  }
  EXPECT_TRUE(IsReplaced(std::string_view("a\0b", 3)));
}

TEST_F(CorrelationIdTest, IsNewEachTime) { EXPECT_NE(Accept(""), Accept("")); }

}  // namespace
}  // namespace notify::agent::telemetry
