#include "agent/replay/replay_store.hpp"

#include <gtest/gtest.h>

#include "tests/support/seeded_random.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/tenants.hpp"

namespace notify::agent::replay {
namespace {

constexpr auto kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

class ReplayStoreTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(database_->Migrate(ReplayStore::kSchema)); }

  static Replay One(const std::string& token) {
    Replay replay;
    replay.token = token;
    replay.request =
        ParseRequest(std::string(R"({"after": "0", "last": "7-9", "target":)") +
                         R"({"url": "https://a.example/", "secret": ")" + kSecret + "\"}}",
                     {})
            .value();
    replay.start = replay.position = {Epoch{7}, Sequence{1}};
    replay.created_ms = replay.updated_ms = 100;
    return replay;
  }
  Replay Stored(const std::string& token) { return store_.Find(token).value().value(); }

  testing_support::TempDir folder_;
  testing_support::SeededRandom random_{1};
  std::unique_ptr<store::Database> database_ =
      store::Database::Open(folder_.path() + "/state.db", {}).value();
  ReplayStore store_{*database_, testing_support::TestTenant("blue"), random_};
};

TEST_F(ReplayStoreTest, KeepsAReplayWithItsPositionCountsAndGaps) {
  Replay replay = One("t");
  ASSERT_TRUE(store_.Add(replay));
  replay.position = {Epoch{7}, Sequence{5}};
  replay.Met({Epoch{7}, Sequence{3}}, 42);
  replay.counts = {.sent = 1, .skipped = 2, .failed = 3, .duplicates = 4};
  replay.gaps.push_back({Gap::Reason::kRetention, {}, {Epoch{7}, Sequence{1}}, 1});
  replay.error = "why";
  ASSERT_TRUE(store_.Save(replay));
  EXPECT_EQ(ReplayJson(Stored("t")), ReplayJson(replay));
}

TEST_F(ReplayStoreTest, KeepsASecretSealedUntilTheEndAndNoLonger) {
  Replay replay = One("t");
  ASSERT_TRUE(store_.Add(replay));
  EXPECT_TRUE(Stored("t").request.target.secret.Equals(kSecret));
  EXPECT_EQ(ReplayJson(Stored("t")).find("whsec"), std::string::npos);
  std::string row;
  ASSERT_TRUE(database_->Query("SELECT secret FROM replay_jobs", {}, [&](const store::Row& one) {
    row = one.Bytes(0);
    return false;
  }));
  EXPECT_EQ(row.find("whsec"), std::string::npos);
  replay.state = State::kCompleted;
  ASSERT_TRUE(store_.Save(replay));
  EXPECT_TRUE(Stored("t").request.target.secret.empty());
}

TEST_F(ReplayStoreTest, ListsTheNewestFirstAndGoesOnBehindOne) {
  for (const auto* token : {"a", "b", "c"}) ASSERT_TRUE(store_.Add(One(token)));
  const auto first = store_.List("", 2).value();
  EXPECT_EQ(first.at(0).token + first.at(1).token, "cb");
  EXPECT_EQ(store_.List("b", 9).value().front().token, "a");
}

TEST_F(ReplayStoreTest, TakesUpOnlyWhatRanWithNobodyAttending) {
  Replay attended = One("attended");
  attended.request.attended = true;
  Replay over = One("over");
  over.state = State::kCompleted;
  for (const Replay& replay : {attended, over, One("alone")}) ASSERT_TRUE(store_.Add(replay));
  EXPECT_EQ(store_.Unattended().value(), std::vector<std::string>{"alone"});
  EXPECT_EQ(store_.CountOpen().value(), 2);
}

TEST_F(ReplayStoreTest, ForgetsTheOldestThatEndedAndNoneThatCanGoOn) {
  Replay open = One("open");
  open.state = State::kInterrupted;
  ASSERT_TRUE(store_.Add(open));
  for (int i = 0; i <= ReplayStore::kKept; ++i) {
    Replay ended = One("ended-" + std::to_string(i));
    ended.state = State::kCancelled;
    ASSERT_TRUE(store_.Add(ended));
  }
  EXPECT_FALSE(store_.Find("ended-0").value().has_value());
  EXPECT_TRUE(store_.Find("open").value().has_value());
}

TEST(ReplayProgress, IsThePartOfTheRangeThatLiesBehind) {
  Replay replay;
  replay.request.selection.last = Position{Epoch{7}, Sequence{11}};
  replay.start = {Epoch{7}, Sequence{1}};
  EXPECT_EQ(replay.progress(), 0);
  replay.position = {Epoch{7}, Sequence{6}};
  EXPECT_EQ(replay.progress(), 0.5);
  replay.state = State::kCompleted;
  EXPECT_EQ(replay.progress(), 1);
}

}  // namespace
}  // namespace notify::agent::replay
