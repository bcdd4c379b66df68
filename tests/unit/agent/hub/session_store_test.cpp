#include "agent/hub/session_store.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "agent/hub/session.hpp"
#include "tests/support/sim/sim_runtime.hpp"
#include "tests/support/tenants.hpp"

namespace notify::agent::hub {
namespace {

using namespace std::chrono_literals;
using testing_support::TestTenant;

constexpr const char* kFile = "/platform.db";

class SessionStoreTest : public testing::Test {
 protected:
  SessionStoreTest() {
    database_ = store::Database::Open(kFile, {.vfs = runtime_.files().SqliteVfs()}).value();
    Start();
  }

  /// An agent begins, after the one before ended or was killed.
  void Start() { store_ = SessionStore::Open(runtime_, *database_).value(); }

  static SessionChange Change(const std::string& session, const std::string& state) {
    return {blue(), session, "user:alice", state, false, false};
  }
  static SessionChange Open(const std::string& session, bool follows = false) {
    return {blue(), session, "user:alice", "open", true, follows};
  }
  Status Keep(std::vector<SessionChange> changes, std::vector<FlowMark> marks = {},
              std::size_t io = 0) {
    return runtime_.Run(store_->Keep(io, std::move(changes), std::move(marks)));
  }
  std::optional<KeptSession> Find(const std::string& session, TenantHandle tenant = blue(),
                                  const std::string& actor = "user:alice") {
    return runtime_.Run(store_->Find(std::move(tenant), session, actor)).value();
  }
  std::string StateOf(const std::string& session) {
    const auto found = Find(session);
    return found ? found->state : "nothing";
  }
  std::int64_t Rows(const std::string& table) {
    return database_->Number("SELECT count(*) FROM " + table).value().value();
  }

  static TenantHandle blue() { return TestTenant("blue"); }
  static TenantHandle green() { return TestTenant("green"); }
  static Position At(std::uint64_t sequence) { return {Epoch{7}, Sequence{sequence}}; }

  testing_support::sim::SimDisk disk_;
  testing_support::sim::SimRuntime runtime_{{}, disk_};
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<SessionStore> store_;
};

TEST_F(SessionStoreTest, GivesBackWhatAConnectionLeft) {
  ASSERT_TRUE(Keep({Change("s1", "state one"), Change("s2", "state two")}));
  EXPECT_EQ(StateOf("s1"), "state one");
  EXPECT_EQ(StateOf("s2"), "state two");
  EXPECT_FALSE(Find("s1")->follows);
  EXPECT_EQ(StateOf("s3"), "nothing");
}

TEST_F(SessionStoreTest, TheLastChangeOfASessionCounts) {
  ASSERT_TRUE(Keep({Change("s1", "first"), Change("s1", "second")}));
  ASSERT_TRUE(Keep({Change("s1", "third")}));
  EXPECT_EQ(StateOf("s1"), "third");
  EXPECT_EQ(Rows("hub_sessions"), 1);
}

TEST_F(SessionStoreTest, AnOpenSessionIsNotGivenAwayBeforeItsAgentEnded) {
  ASSERT_TRUE(Keep({Open("s1")}));
  EXPECT_EQ(StateOf("s1"), "nothing");
  Start();
  EXPECT_EQ(StateOf("s1"), "open");
}

TEST_F(SessionStoreTest, WhoFollowedTheLiveFlowIsWhereThatWasOnItsThread) {
  ASSERT_TRUE(Keep({Open("s1", true)}, {{blue(), At(5)}}, 0));
  ASSERT_TRUE(Keep({Open("s2", true)}, {{blue(), At(3)}}, 1));
  ASSERT_TRUE(Keep({}, {{blue(), At(9)}}, 0));
  Start();
  EXPECT_EQ(Find("s1")->follows, At(9));
  EXPECT_EQ(Find("s2")->follows, At(3));
}

TEST_F(SessionStoreTest, TheFlowsOfTheNextAgentAreNotThoseOfTheOneBefore) {
  ASSERT_TRUE(Keep({Open("s1", true)}, {{blue(), At(5)}}, 0));
  Start();
  ASSERT_TRUE(Keep({}, {{blue(), At(50)}}, 0));
  ASSERT_TRUE(Keep({}, {{blue(), At(50)}}, 1));
  EXPECT_EQ(Find("s1")->follows, At(5));
}

TEST_F(SessionStoreTest, AMarkIsOfItsTenant) {
  ASSERT_TRUE(Keep({Open("s1", true)}, {{blue(), At(5)}, {green(), At(900)}}));
  Start();
  EXPECT_EQ(Find("s1")->follows, At(5));
}

TEST_F(SessionStoreTest, NobodyFindsTheSessionOfAnotherTenantOrUser) {
  ASSERT_TRUE(Keep({Change("s1", "blue's")}));
  EXPECT_FALSE(Find("s1", green()));
  EXPECT_FALSE(Find("s1", blue(), "user:mallory"));
  EXPECT_TRUE(Find("s1"));
}

TEST_F(SessionStoreTest, HasASessionForFiveMinutesAfterItsConnection) {
  ASSERT_TRUE(Keep({Change("s1", "state")}));
  runtime_.RunFor(299s);
  EXPECT_EQ(StateOf("s1"), "state");
  runtime_.RunFor(2s);
  EXPECT_EQ(StateOf("s1"), "nothing");
}

TEST_F(SessionStoreTest, AKilledAgentsSessionsHaveFiveMinutesFromTheNextStart) {
  ASSERT_TRUE(Keep({Open("s1")}));
  runtime_.RunFor(1h);
  Start();
  runtime_.RunFor(299s);
  EXPECT_EQ(StateOf("s1"), "open");
  runtime_.RunFor(2s);
  EXPECT_EQ(StateOf("s1"), "nothing");
}

TEST_F(SessionStoreTest, ARestartGivesASessionThatWasLeftNoMoreTime) {
  ASSERT_TRUE(Keep({Change("s1", "state")}));
  runtime_.RunFor(200s);
  Start();
  runtime_.RunFor(101s);
  EXPECT_EQ(StateOf("s1"), "nothing");
}

TEST_F(SessionStoreTest, WhatExpiredIsSweptAndWhatIsOpenIsNot) {
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(Keep({Change("left " + std::to_string(i), "state"), Open("open")}));
  }
  EXPECT_EQ(Rows("hub_sessions"), 201);
  runtime_.RunFor(301s);
  ASSERT_TRUE(Keep({Change("new", "state")}));
  EXPECT_EQ(Rows("hub_sessions"), 2);
}

TEST_F(SessionStoreTest, MarksOfFormerAgentsGoWithTheLastSessionThatNeedsThem) {
  ASSERT_TRUE(Keep({Open("s1", true)}, {{blue(), At(5)}, {green(), At(6)}}));
  Start();
  ASSERT_TRUE(Keep({}, {{blue(), At(9)}}));
  EXPECT_EQ(Rows("hub_marks"), 2);  // Nobody needs the former agent's of green.
  runtime_.RunFor(301s);
  ASSERT_TRUE(Keep({Change("s2", "state")}));
  EXPECT_EQ(Rows("hub_marks"), 1);
}

TEST_F(SessionStoreTest, TheFileNamesNoSecret) {
  ASSERT_TRUE(Keep({Change("the secret name", "state")}));
  ASSERT_TRUE(database_->Run("PRAGMA wal_checkpoint(TRUNCATE)"));
  const auto named =
      database_->Number("SELECT count(*) FROM hub_sessions WHERE session LIKE '%secret%'");
  EXPECT_EQ(named.value(), 0);
}

TEST_F(SessionStoreTest, KeepsAllOrNothing) {
  ASSERT_TRUE(
      database_->Run("CREATE TRIGGER full BEFORE INSERT ON hub_sessions"
                     " WHEN NEW.state = 'one too many' BEGIN SELECT RAISE(ABORT, 'full');"
                     " END"));
  EXPECT_FALSE(Keep({Change("s1", "state"), Change("s2", "one too many")}, {{blue(), At(1)}}));
  EXPECT_EQ(StateOf("s1"), "nothing");
  EXPECT_EQ(Rows("hub_marks"), 0);
  ASSERT_TRUE(database_->Run("DROP TRIGGER full"));
  EXPECT_TRUE(Keep({Change("s1", "state")}));
  EXPECT_EQ(StateOf("s1"), "state");
}

TEST_F(SessionStoreTest, SaysSoWhereItCannotLook) {
  ASSERT_TRUE(database_->Run("DROP TABLE hub_marks"));
  EXPECT_FALSE(runtime_.Run(store_->Find(blue(), "s1", "user:alice")));
}

TEST_F(SessionStoreTest, AStateThatIsDamagedIsGivenAsItIs) {
  ASSERT_TRUE(Keep({Change("s1", SessionText({}))}));
  ASSERT_TRUE(database_->Run("UPDATE hub_sessions SET state = substr(state, 1, 20)"));
  EXPECT_FALSE(ReadSession(Find("s1")->state));  // Whoever reads it notices.
}

}  // namespace
}  // namespace notify::agent::hub
