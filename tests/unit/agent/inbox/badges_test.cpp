#include "agent/inbox/badges.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/sim/sim_runtime.hpp"
#include "tests/support/tenants.hpp"
#include "tests/unit/agent/inbox/recording_live.hpp"

namespace notify::agent::inbox {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Badging : public testing::Test {
 protected:
  ~Badging() override { runtime_.Run(badges_.Stop(), &runtime_.platform()); }

  void Changed(const std::string& user, std::size_t unread) {
    unread_ = unread;
    badges_.Changed(blue_, user);
  }

  testing_support::sim::SimDisk disk_;
  testing_support::sim::SimRuntime runtime_{{.seed = 1}, disk_};
  RecordingLive live_;
  std::size_t unread_ = 0;
  bool fails_ = false;
  Badges badges_{runtime_, live_, 250ms,
                 [this](const TenantHandle&, const std::string&) -> Result<std::size_t> {
                   if (fails_) return Fail(Errc::kUnavailable, "No.");
                   return unread_;
                 }};
  const TenantHandle blue_ = testing_support::TestTenant("blue");
};

TEST_F(Badging, TheFirstChangeIsToldAtOnce) {
  Changed("alice", 3);
  runtime_.RunFor(1ms);
  EXPECT_THAT(live_.Take(), ElementsAre(R"(blue alice {"unread":3})"));
}

TEST_F(Badging, ABurstOfAThousandIsTwoBadgesAndTheLastCounts) {
  for (std::size_t i = 1; i <= 1000; ++i) {
    Changed("alice", i);
    runtime_.RunFor(200us);
  }
  runtime_.RunFor(1s);
  EXPECT_THAT(live_.Take(),
              ElementsAre(R"(blue alice {"unread":1})", R"(blue alice {"unread":1000})"));
}

TEST_F(Badging, ASteadyFlowIsOneBadgeInEachPace) {
  for (std::size_t i = 1; i <= 100; ++i) {
    Changed("alice", i);
    runtime_.RunFor(100ms);
  }
  EXPECT_EQ(live_.Take().size(), 41U);
}

TEST_F(Badging, OneUsersPaceHoldsNobodyElseUp) {
  Changed("alice", 1);
  Changed("bob", 1);
  runtime_.RunFor(1ms);
  EXPECT_THAT(live_.Take(),
              UnorderedElementsAre(R"(blue alice {"unread":1})", R"(blue bob {"unread":1})"));
}

TEST_F(Badging, NobodyIsRememberedWhoHasNothingNew) {
  Changed("alice", 1);
  runtime_.RunFor(1s);
  EXPECT_EQ(badges_.busy(), 0U);
}

TEST_F(Badging, ACountThatFailsTellsNothingAndTheNextChangeDoes) {
  fails_ = true;
  Changed("alice", 1);
  runtime_.RunFor(1s);
  EXPECT_THAT(live_.Take(), IsEmpty());
  fails_ = false;
  Changed("alice", 2);
  runtime_.RunFor(1ms);
  EXPECT_THAT(live_.Take(), ElementsAre(R"(blue alice {"unread":2})"));
}

TEST_F(Badging, ATenantThatIsLetGoIsToldNoMore) {
  Changed("alice", 1);
  runtime_.RunFor(1ms);
  live_.Take();
  Changed("alice", 2);
  badges_.LetGo(blue_.id());
  runtime_.RunFor(1s);
  EXPECT_THAT(live_.Take(), IsEmpty());
}

}  // namespace
}  // namespace notify::agent::inbox
