#include "agent/schedule/schedule_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "common/model/event.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/tenants.hpp"

namespace notify::agent::schedule {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr unsigned kAll = 0x1F;

std::string RecordOf(const std::string& id, const std::string& key = {},
                     const std::string& source = "/s") {
  EventView event;
  event.id = id;
  event.source = source;
  event.type = "a.b";
  event.idempotency_key = key;
  event.data_kind = DataKind::kJson;
  event.data = R"({"secret":"value"})";
  std::string record;
  AppendRecord(record, event);
  return record;
}

std::string IdOf(const ScheduledEvent& event) {
  return std::string(ReadRecordIdentity(event.record).value().id);
}

std::vector<std::string> Ids(const Result<std::vector<ScheduledEvent>>& events) {
  std::vector<std::string> ids;
  for (const ScheduledEvent& event : events.value()) ids.push_back(IdOf(event));
  return ids;
}

class Held : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(database_->Migrate(ScheduleStore::kSchema)); }

  void Add(const std::string& id, std::int64_t due_ms, const std::string& key = {}) {
    ASSERT_TRUE(store_.Add(RecordOf(id, key), due_ms, 10));
  }
  ScheduledEvent Of(const std::string& id) { return store_.Find(id, "").value().value(); }
  void End(const std::string& id, State state) {
    ScheduledEvent event = Of(id);
    event.state = state;
    event.position = {Epoch{7}, Sequence{3}};
    ASSERT_TRUE(store_.End(event, 50));
  }

  testing_support::TempDir folder_;
  testing_support::SeededRandom random_;
  std::unique_ptr<store::Database> database_ =
      store::Database::Open(folder_.path() + "/state.db", {}).value();
  ScheduleStore store_{*database_,
                       testing_support::TenantHandleOf(testing_support::TenantRecordOf("blue")),
                       random_};
};

TEST_F(Held, ComesOutWhenDueInTheOrderOfTimeThenOfAcceptance) {
  Add("third", 200);
  Add("first", 100);
  Add("second", 200 - 100);
  Add("later", 300);
  EXPECT_THAT(Ids(store_.Due(250, 10, 1 << 20)), ElementsAre("first", "second", "third"));
  EXPECT_EQ(store_.NextDue().value(), 100);
}

TEST_F(Held, ATurnIsBoundedInEventsAndBytesButNeverEmpty) {
  for (const char* id : {"a", "b", "c"}) Add(id, 100);
  EXPECT_THAT(Ids(store_.Due(100, 2, 1 << 20)), ElementsAre("a", "b"));
  EXPECT_THAT(Ids(store_.Due(100, 10, 1)), ElementsAre("a"));
}

TEST_F(Held, BringsTheWholeEventBack) {
  Add("one", 100);
  EXPECT_EQ(store_.Due(100, 1, 1000).value().front().record, RecordOf("one"));
}

TEST_F(Held, NeitherIdNorDataLiesInTheFileInTheClear) {
  Add("canary-id", 100, "canary-key");
  std::string bytes;
  ASSERT_TRUE(database_->Query("SELECT * FROM schedule_events", {}, [&](const store::Row& row) {
    for (int i = 0; i < 12; ++i) bytes += std::string(row.Bytes(i)) + "|";
    return true;
  }));
  EXPECT_THAT(bytes, testing::Not(HasSubstr("canary")));
  EXPECT_THAT(bytes, testing::Not(HasSubstr("secret")));
}

TEST_F(Held, AnotherTenantsKeyOpensNothing) {
  Add("one", 100);
  ScheduleStore other(*database_,
                      testing_support::TenantHandleOf(testing_support::TenantRecordOf("green")),
                      random_);
  EXPECT_EQ(other.Due(100, 1, 1000).error().code, Errc::kInternal);
  EXPECT_FALSE(other.Find("one", "").value().has_value());
}

TEST_F(Held, TheSameIsFoundByIdAndSourceOrByTheKeyWhereThereIsOne) {
  Add("one", 100);
  Add("two", 100, "k");
  EXPECT_TRUE(store_.FindSame(RecordOf("one")).value().has_value());
  EXPECT_FALSE(store_.FindSame(RecordOf("one", {}, "/other")).value().has_value());
  EXPECT_EQ(IdOf(store_.FindSame(RecordOf("three", "k")).value().value()), "two");
  EXPECT_FALSE(store_.FindSame(RecordOf("two")).value().has_value());
}

TEST_F(Held, AnEndIsAnEnd) {
  Add("one", 100);
  End("one", State::kCancelled);
  End("one", State::kCompleted);
  EXPECT_EQ(Of("one").state, State::kCancelled);
  EXPECT_TRUE(store_.Due(1000, 10, 1000).value().empty());
}

TEST_F(Held, WhatHasEndedKeepsItsNameAndNotItsData) {
  Add("one", 100);
  End("one", State::kCompleted);
  EventView event;
  const ScheduledEvent kept = Of("one");
  ASSERT_TRUE(ReadRecord(kept.record, event));
  EXPECT_EQ(event.type, "a.b");
  EXPECT_TRUE(event.data.empty());
  EXPECT_TRUE(store_.FindSame(RecordOf("one")).value().has_value());
}

TEST_F(Held, OnlyWhatWaitsOrIsOnItsWayIsUsed) {
  for (const char* id : {"a", "b", "c"}) Add(id, 100);
  ASSERT_TRUE(store_.Begin(Of("b"), 60));
  End("c", State::kCompleted);
  EXPECT_EQ(store_.Used().value().events, 2);
  EXPECT_EQ(store_.Used().value().bytes,
            static_cast<std::int64_t>(RecordOf("a").size() + RecordOf("b").size()));
  EXPECT_THAT(Ids(store_.Processing(10)), ElementsAre("b"));
}

TEST_F(Held, WhatIsOnItsWayCannotBeBegunAgain) {
  Add("one", 100);
  const ScheduledEvent event = Of("one");
  ASSERT_TRUE(store_.Begin(event, 60));
  EXPECT_EQ(store_.Begin(event, 60).error().code, Errc::kConflict);
  ASSERT_TRUE(store_.Return(event, 60));
  EXPECT_EQ(Of("one").state, State::kPending);
}

TEST_F(Held, AListGoesOnBehindAPlace) {
  for (const char* id : {"a", "b", "c"}) Add(id, 100);
  Add("d", 50);
  const auto first = store_.List(kAll, {0, 0}, 2);
  EXPECT_THAT(Ids(first), ElementsAre("d", "a"));
  const ScheduledEvent& last = first.value().back();
  EXPECT_THAT(Ids(store_.List(kAll, {last.due_ms, last.number}, 10)), ElementsAre("b", "c"));
}

TEST_F(Held, AListHasTheStatesAskedFor) {
  Add("a", 100);
  Add("b", 100);
  End("b", State::kCancelled);
  EXPECT_THAT(Ids(store_.List(1U << 4, {0, 0}, 10)), ElementsAre("b"));
  EXPECT_EQ(store_.Counts().value().at(State::kCancelled), 1);
}

TEST_F(Held, IsForgottenSomeTimeAfterItsEnd) {
  Add("a", 100);
  Add("b", 100);
  End("a", State::kCompleted);
  ASSERT_TRUE(store_.Forget(50, 10));
  EXPECT_TRUE(store_.Find("a", "").value().has_value());
  ASSERT_TRUE(store_.Forget(51, 10));
  EXPECT_FALSE(store_.Find("a", "").value().has_value());
  EXPECT_TRUE(store_.Find("b", "").value().has_value());
}

TEST_F(Held, IsShownAsTheApiDoes) {
  Add("one", 1'782'820'800'000);
  auto shown = nlohmann::json::parse(ScheduledEventJson(Of("one")));
  EXPECT_EQ(shown["status"], "PENDING");
  EXPECT_EQ(shown["scheduledAt"], "2026-06-30T12:00:00.000Z");
  EXPECT_TRUE(shown["position"].is_null());
  End("one", State::kCompleted);
  shown = nlohmann::json::parse(ScheduledEventJson(Of("one")));
  EXPECT_EQ(shown["position"]["sequence"], 3);
}

TEST(ScheduleState, HasTheNamesOfThePlanInAnyCase) {
  for (const State state : {State::kPending, State::kProcessing, State::kCompleted, State::kFailed,
                            State::kCancelled}) {
    EXPECT_EQ(StateFromName(StateName(state)), state);
  }
  EXPECT_EQ(StateFromName("cancelled"), State::kCancelled);
  EXPECT_FALSE(StateFromName("CANCELED").has_value());
}

}  // namespace
}  // namespace notify::agent::schedule
