#include "agent/projection/projections.hpp"

#include "agent/projection/tables.hpp"
#include "tests/unit/agent/projection/projection_world.hpp"

namespace notify::agent::projection {
namespace {

using namespace std::chrono_literals;
using ByKey = std::map<std::string, std::string>;
using testing::HasSubstr;

class Projecting : public ProjectionWorld {
 protected:
  /// Credits of 1 to accounts a0, a1, …
  void CreditMany(int events, int accounts) {
    for (int i = 0; i < events; ++i) Credit(blue_, "a" + std::to_string(i % accounts), "1");
  }
  /// So that a rebuild is still under way when a test looks.
  void TakeSmallTurns() {
    options_.limits.turn_events = 20;
    CrashAndRestart();
  }
  std::int64_t RowsOf(const std::string& table) {
    auto state = side_->databases.Open(blue_, kProjectionSchema);
    return (*state)->Number("SELECT count(*) FROM " + table).value().value_or(0);
  }
};

const ByKey kTwoAccounts = {{"x", R"({"balance":13,"n":2})"}, {"y", R"({"balance":0.5,"n":1})"}};

TEST_F(Projecting, BeginsWithTheLogAndGoesOnWithIt) {
  Credit(blue_, "x", "12.5");
  EXPECT_EQ(Create(blue_, "balance"), "ok");
  Credit(blue_, "y", "0.5");
  Credit(blue_, "x", "0.5");
  EXPECT_EQ(States("balance"), kTwoAccounts);
  EXPECT_EQ(StateOf("balance", "y"), R"({"balance":0.5,"n":1})");
  EXPECT_EQ(StateOf("balance", "z"), "not_found");
}

TEST_F(Projecting, AnAnswerHoldsEverythingBeforeTheQuestion) {
  Create(blue_, "balance");
  log_.head_moved = nullptr;
  Credit(blue_, "x", "1");
  EXPECT_EQ(StateOf("balance", "x"), R"({"balance":1,"n":1})");
}

TEST_F(Projecting, TheOtherTenantSeesNothing) {
  Create(blue_, "balance");
  Create(green_, "balance");
  Credit(blue_, "x", "1");
  Credit(green_, "canary", "7");
  EXPECT_EQ(States("balance"), (ByKey{{"x", R"({"balance":1,"n":1})"}}));
  EXPECT_EQ(StatesOf(green_, "balance"), (ByKey{{"canary", R"({"balance":7,"n":1})"}}));
  EXPECT_EQ(Create(blue_, "mine"), "ok");
  EXPECT_EQ(Get(green_, "mine"), "There is no projection 'mine'.");
}

TEST_F(Projecting, ListsPageByPageAndInNoPartTwice) {
  Create(blue_, "balance");
  CreditMany(300, 150);
  EXPECT_EQ(States("balance").size(), 150U);
}

TEST_F(Projecting, GoesOnAfterACrash) {
  Create(blue_, "balance");
  Credit(blue_, "x", "12.5");
  runtime_->RunFor(1s);
  CrashAndRestart();
  Credit(blue_, "y", "0.5");
  Credit(blue_, "x", "0.5");
  EXPECT_EQ(States("balance"), kTwoAccounts);
}

// The power goes after each of many different amounts of work.
TEST_F(Projecting, ACrashAnywhereFoldsNothingTwiceAndLosesNothing) {
  Create(blue_, "balance");
  for (std::uint64_t change = 1; change < 40; ++change) {
    disk_.PowerOffAt(change);
    Credit(blue_, "x", "1");
    runtime_->RunUntil([&] { return disk_.power_off(); }, 3s);
    CrashAndRestart();
    const std::string n = std::to_string(change);
    EXPECT_EQ(StateOf("balance", "x"), R"({"balance":)" + n + R"(,"n":)" + n + "}");
  }
}

TEST_F(Projecting, ARebuildServesTheOldStatesUntilTheNewOnesAreThere) {
  TakeSmallTurns();
  Create(blue_, "balance");
  CreditMany(5000, 10);
  RunUntilLive("balance");
  const auto before = States("balance");
  EXPECT_EQ(Rebuild("balance"), "ok");
  auto shown = Get(blue_, "balance");
  EXPECT_EQ(shown["status"], "rebuilding");
  EXPECT_LT(shown["rebuild"]["progress"], 1.0);
  EXPECT_EQ(States("balance"), before);
  // What comes meanwhile is in the old states at once.
  Credit(blue_, "new", "1");
  EXPECT_EQ(StateOf("balance", "new"), R"({"balance":1,"n":1})");
  RunUntilLive("balance");
  auto after = States("balance");
  EXPECT_EQ(after.erase("new"), 1U);
  EXPECT_EQ(after, before);
  runtime_->RunFor(1s);
  EXPECT_EQ(RowsOf("projection_states"), 11);
  EXPECT_EQ(RowsOf("projection_generations"), 1);
}

TEST_F(Projecting, ARebuildGoesOnAfterACrash) {
  TakeSmallTurns();
  Create(blue_, "balance");
  CreditMany(5000, 10);
  RunUntilLive("balance");
  const auto before = States("balance");
  Rebuild("balance");
  ASSERT_TRUE(runtime_->RunUntil([&] { return RowsOf("projection_states") > 10; }, 10s));
  const auto begun = Get(blue_, "balance")["rebuild"];
  ASSERT_GT(begun["position"]["sequence"], 0);
  CrashAndRestart();
  const auto again = Get(blue_, "balance");
  EXPECT_EQ(again["status"], "rebuilding");
  EXPECT_GE(again["rebuild"]["position"]["sequence"], begun["position"]["sequence"]);
  EXPECT_EQ(again["rebuild"]["startedAt"], begun["startedAt"]);
  RunUntilLive("balance");
  EXPECT_EQ(States("balance"), before);
}

TEST_F(Projecting, ACrashAnywhereInARebuildEndsWithTheSameStates) {
  Create(blue_, "balance");
  CreditMany(2500, 3);
  RunUntilLive("balance");
  const auto before = States("balance");
  for (std::uint64_t change = 1; change < 60; change += 3) {
    disk_.PowerOffAt(change);
    Rebuild("balance");
    runtime_->RunUntil([&] { return disk_.power_off(); }, 3s);
    CrashAndRestart();
    RunUntilLive("balance");
    EXPECT_EQ(States("balance"), before) << change;
  }
}

TEST_F(Projecting, AnotherDefinitionIsARebuildAndTheSameOneIsNone) {
  TakeSmallTurns();
  Create(blue_, "balance");
  CreditMany(1500, 1);
  RunUntilLive("balance");
  EXPECT_EQ(Put(blue_, "balance", BalanceFields()), "ok");
  EXPECT_EQ(Get(blue_, "balance")["status"], "live");
  EXPECT_EQ(Put(blue_, "balance", R"("types": ["account.*"], "key": "/data/account",
                                     "fields": {"n": {"fold": "count"}})"),
            "ok");
  auto shown = Get(blue_, "balance");
  EXPECT_EQ(shown["status"], "rebuilding");
  EXPECT_EQ(shown["version"], 2);
  EXPECT_EQ(shown["servingVersion"], 1);
  EXPECT_EQ(StateOf("balance", "a0"), R"({"balance":1500,"n":1500})");
  RunUntilLive("balance");
  EXPECT_EQ(StateOf("balance", "a0"), R"({"n":1500})");
  EXPECT_EQ(Get(blue_, "balance")["servingVersion"], 2);
}

TEST_F(Projecting, AnEventThatCannotBeFoldedIsSkippedWithItsReason) {
  Create(blue_, "balance");
  Credit(blue_, "x", "1");
  const Position bad = Credit(blue_, "x", "\"many\"");
  Credit(blue_, "x", "2");
  EXPECT_EQ(StateOf("balance", "x"), R"({"balance":3,"n":2})");
  const auto shown = Get(blue_, "balance");
  EXPECT_EQ(shown["skipped"], 1);
  EXPECT_EQ(shown["lastSkipped"]["position"]["sequence"], bad.sequence.value);
  EXPECT_THAT(shown["lastSkipped"]["reason"], HasSubstr("'/data/amount' is no number"));
  EXPECT_EQ(shown["events"], 2);
}

TEST_F(Projecting, AKeyThatIsRemovedIsGoneAndMayComeBack) {
  Create(blue_, "open", R"("types": ["order.placed"], "removeOn": ["order.closed"],
                           "key": "/data/id", "fields": {"n": {"fold": "count"}})");
  log_.Publish(blue_, {.type = "order.placed", .data = R"({"id": 1})"});
  log_.Publish(blue_, {.type = "order.placed", .data = R"({"id": 2})"});
  EXPECT_EQ(States("open").size(), 2U);
  log_.Publish(blue_, {.type = "order.closed", .data = R"({"id": 1})"});
  EXPECT_EQ(States("open"), (ByKey{{"2", R"({"n":1})"}}));
  log_.Publish(blue_, {.type = "order.placed", .data = R"({"id": 1})"});
  EXPECT_EQ(StateOf("open", "1"), R"({"n":1})");
  EXPECT_EQ(Get(blue_, "open")["keys"], 2);
}

TEST_F(Projecting, LimitsSkipWhatWouldBreakThem) {
  options_.limits.keys = 2;
  CrashAndRestart();
  Create(blue_, "balance");
  for (const auto* account : {"a", "b", "c", "a"}) Credit(blue_, account, "1");
  EXPECT_EQ(States("balance").size(), 2U);
  EXPECT_EQ(StateOf("balance", "a"), R"({"balance":2,"n":2})");
  EXPECT_THAT(Get(blue_, "balance")["lastSkipped"]["reason"], HasSubstr("as many keys as it may"));

  Create(blue_, "large", R"("types": ["big.one"], "key": "/data/id",
                            "fields": {"all": {"fold": "merge", "of": "/data"}})");
  log_.Publish(blue_, {.type = "big.one", .data = R"({"id": 1})"});
  log_.Publish(blue_, {.type = "big.one",
                       .data = R"({"id": 1, "text": ")" + std::string(64 << 10, 'x') + "\"}"});
  EXPECT_EQ(StateOf("large", "1"), R"({"all":{"id":1}})");
  EXPECT_THAT(Get(blue_, "large")["lastSkipped"]["reason"], HasSubstr("larger than a state may"));
}

TEST_F(Projecting, ATenantHasOnlySoMany) {
  options_.most = 2;
  CrashAndRestart();
  EXPECT_EQ(Create(blue_, "a"), "ok");
  EXPECT_EQ(Create(blue_, "a"), "conflict");
  EXPECT_EQ(Create(blue_, "b"), "ok");
  EXPECT_EQ(Create(blue_, "c"), "conflict");
  EXPECT_EQ(Create(green_, "c"), "ok");
}

TEST_F(Projecting, WhereTheLogNoLongerBeginsAtOneItSaysSo) {
  CreditMany(10, 1);
  log_.Expire(blue_, 4);
  EXPECT_EQ(Create(blue_, "balance"), "gap");
  EXPECT_EQ(Create(blue_, "balance", BalanceFields(), From::kRetained), "ok");
  EXPECT_EQ(StateOf("balance", "a0"), R"({"balance":6,"n":6})");
  const auto gap = Get(blue_, "balance")["gap"];
  EXPECT_EQ(gap["reason"], "retention");
  EXPECT_EQ(gap["missed"], 4);
  EXPECT_EQ(Rebuild("balance"), "gap");
  EXPECT_EQ(StateOf("balance", "a0"), R"({"balance":6,"n":6})");
  EXPECT_EQ(Rebuild("balance", From::kRetained), "ok");
  EXPECT_EQ(Put(blue_, "balance", R"("key": "userid", "fields": {"n": {"fold": "count"}})"), "gap");
}

TEST_F(Projecting, HoldsWhatItHasNotReadFromRetention) {
  TakeSmallTurns();
  Create(blue_, "balance");
  CreditMany(3, 1);
  States("balance");
  const auto position = Get(blue_, "balance")["position"]["sequence"].get<std::uint64_t>();
  auto held = runtime_->Run(side_->projections.HeldBy(blue_)).value();
  ASSERT_EQ(held.size(), 1U);
  EXPECT_EQ(held[0].holder, "projection balance");
  EXPECT_EQ(held[0].after.sequence.value, position);
  EXPECT_EQ(held[0].since_ms, 0);
  CreditMany(5000, 1);
  RunUntilLive("balance");
  Rebuild("balance");
  held = runtime_->Run(side_->projections.HeldBy(blue_)).value();
  ASSERT_EQ(held.size(), 2U);
  EXPECT_LT(held[1].after, held[0].after);
  EXPECT_TRUE(runtime_->Run(side_->projections.HeldBy(green_))->empty());
}

TEST_F(Projecting, AnotherLogIsFoldedFromItsBeginning) {
  Create(blue_, "balance");
  CreditMany(3, 1);
  States("balance");
  auto state = side_->databases.Open(blue_, kProjectionSchema);
  ASSERT_TRUE((*state)->Run("UPDATE projection_generations SET epoch=7, sequence=900"));
  CrashAndRestart();
  RunUntilLive("balance");
  EXPECT_EQ(StateOf("balance", "a0"), R"({"balance":3,"n":3})");
  EXPECT_EQ(Get(blue_, "balance")["position"]["epoch"], 1000);
}

TEST_F(Projecting, DeletedItsStatesGo) {
  Create(blue_, "balance");
  CreditMany(1500, 1200);
  EXPECT_EQ(States("balance").size(), 1200U);
  EXPECT_TRUE(runtime_->Run(side_->projections.Delete(blue_, "balance")));
  EXPECT_EQ(StateOf("balance", "a0"), "not_found");
  EXPECT_FALSE(runtime_->Run(side_->projections.Delete(blue_, "balance")));
  runtime_->RunFor(2s);
  EXPECT_EQ(RowsOf("projection_states"), 0);
  EXPECT_EQ(RowsOf("projection_generations"), 0);
}

TEST_F(Projecting, KeysAndStatesAreSealed) {
  Create(blue_, "balance");
  Credit(blue_, "account-in-clear", "4711");
  States("balance");
  auto state = side_->databases.Open(blue_, kProjectionSchema);
  std::string bytes;
  ASSERT_TRUE((*state)->Query("SELECT key_hash,state FROM projection_states", {},
                              [&](const store::Row& row) {
                                bytes += std::string(row.Bytes(0)) + std::string(row.Bytes(1));
                                return true;
                              }));
  EXPECT_GT(bytes.size(), 40U);
  EXPECT_EQ(bytes.find("account-in-clear"), std::string::npos);
  EXPECT_EQ(bytes.find("4711"), std::string::npos);
}

TEST_F(Projecting, ManyEventsOneAfterAnotherAreFewWrites) {
  Create(blue_, "balance");
  runtime_->RunFor(1s);
  const auto before = log_.reads;
  for (int i = 0; i < 500; ++i) {
    Credit(blue_, "x", "1");
    runtime_->RunFor(1ms);
  }
  EXPECT_LE(log_.reads - before, 12U);
  EXPECT_EQ(StateOf("balance", "x"), R"({"balance":500,"n":500})");
}

TEST_F(Projecting, ChangesAreEvents) {
  Create(blue_, "balance");
  Put(blue_, "balance", R"("key": "userid", "fields": {"n": {"fold": "count"}})");
  ASSERT_TRUE(runtime_->Run(side_->projections.Delete(blue_, "balance")));
  const auto changed = log_.OfType(blue_, "tenant.projection.changed");
  ASSERT_EQ(changed.size(), 2U);
  EXPECT_EQ(changed[1].data, R"({"name":"balance","version":2})");
  EXPECT_EQ(log_.OfType(blue_, "tenant.projection.deleted").size(), 1U);
}

}  // namespace
}  // namespace notify::agent::projection
