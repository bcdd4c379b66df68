#include "common/ids.hpp"

#include <gtest/gtest.h>

namespace notify {
namespace {

TEST(TenantId, IsADnsLabelOfAtMost40Characters) {
  EXPECT_TRUE(TenantId::Parse("blue").has_value());
  EXPECT_TRUE(TenantId::Parse("a").has_value());
  EXPECT_TRUE(TenantId::Parse(std::string(40, 'x')).has_value());
  for (const char* bad : {"", "-a", "a-", "Blue", "a_b", "a.b", "a/b", "ä", "../x"}) {
    EXPECT_EQ(TenantId::Parse(bad).error().code, Errc::kTenantInvalid) << bad;
  }
  EXPECT_FALSE(TenantId::Parse(std::string(41, 'x')).has_value());
}

TEST(Position, ReadsBackWhatItWrites) {
  const Position position{Epoch{1760000000000}, Sequence{42}};
  EXPECT_EQ(position.ToString(), "1760000000000-42");
  EXPECT_EQ(Position::Parse("1760000000000-42").value(), position);
}

TEST(Position, ASequenceAloneMeansTheLogThatIsThereNow) {
  EXPECT_EQ(Position::Parse("7").value(), (Position{Epoch{0}, Sequence{7}}));
}

TEST(Position, RefusesWhatIsNoPosition) {
  for (const char* bad : {"", "-", "1-", "-1", "1-2-3", "a-1", "1- 2", "9007199254740992"}) {
    EXPECT_FALSE(Position::Parse(bad).has_value()) << bad;
  }
}

TEST(Uuid, Version7CarriesTheTimeAndItsVersion) {
  const std::string id = NewUuid7(SystemClock(), SystemRandom());
  ASSERT_EQ(id.size(), 36U);
  EXPECT_EQ(id[14], '7');
  EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos);
  EXPECT_NE(id, NewUuid7(SystemClock(), SystemRandom()));
}

TEST(Uuid, DerivedIdsRepeatForTheSameNameOnly) {
  EXPECT_EQ(DerivedUuid("rule/1/5-7/0"), DerivedUuid("rule/1/5-7/0"));
  EXPECT_NE(DerivedUuid("rule/1/5-7/0"), DerivedUuid("rule/1/5-7/1"));
  EXPECT_EQ(DerivedUuid("x")[14], '5');
}

}  // namespace
}  // namespace notify
