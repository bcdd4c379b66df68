#include "agent/inbox/inboxes.hpp"

#include "agent/inbox/inbox_store.hpp"
#include "tests/unit/agent/inbox/inbox_world.hpp"

namespace notify::agent::inbox {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

class KeepingInboxes : public InboxWorld {
 protected:
  /// n1 … n`count` for blue's alice.
  void NotifyMany(int count) {
    for (int i = 1; i <= count; ++i) Notify(blue_, "alice", "n" + std::to_string(i));
  }
  std::vector<nlohmann::json> Everything() {
    auto all = Items(View::kAll);
    for (auto& item : ItemsOf(blue_, "bob", View::kAll)) all.push_back(std::move(item));
    return all;
  }
  std::size_t MarkingEvents() {
    std::size_t count = 0;
    for (const auto* type : {"read", "unread", "archived", "unarchived"}) {
      count += log_.OfType(blue_, std::string("notification.") + type).size();
    }
    return count;
  }
  Status Rebuild() { return runtime_->Run(side_->inboxes.Rebuild(blue_)); }
  /// Blue with an own setting, as the next request brings it.
  TenantHandle BlueWith(InboxSettings settings) {
    auto record = blue_.record();
    record.settings.inbox = settings;
    ++record.revision;
    return testing_support::TenantHandleOf(std::move(record));
  }
};

TEST_F(KeepingInboxes, ANotificationIsThereUnreadWhoeverIsConnected) {
  const Position at = Notify(blue_, "alice", "n1", "Welcome");
  const auto items = Items();
  ASSERT_EQ(items.size(), 1U);
  EXPECT_EQ(items[0]["id"], "n1");
  EXPECT_EQ(items[0]["notification"]["title"], "Welcome");
  EXPECT_EQ(items[0]["readAt"], nullptr);
  EXPECT_EQ(items[0]["position"]["sequence"], at.sequence.value);
  EXPECT_EQ(Unread(), 1);
}

TEST_F(KeepingInboxes, AnAnswerHoldsEverythingThatWasAcknowledgedBefore) {
  log_.head_moved = nullptr;
  NotifyMany(2);
  EXPECT_THAT(Ids(), ElementsAre("n2", "n1"));
}

TEST_F(KeepingInboxes, TheNewestComesFirstPageByPage) {
  NotifyMany(5);
  Query query;
  query.limit = 2;
  std::vector<std::size_t> sizes;
  std::string seen;
  do {
    const auto page = List(blue_, "alice", query);
    ASSERT_TRUE(page);
    sizes.push_back(page->items.size());
    for (const auto& item : page->items) seen += nlohmann::json::parse(item)["id"];
    query.after = page->next;
    EXPECT_EQ(page->unread, 5U);
  } while (!query.after.empty());
  EXPECT_THAT(sizes, ElementsAre(2, 2, 1));
  EXPECT_EQ(seen, "n5n4n3n2n1");
}

TEST_F(KeepingInboxes, APageIsBoundedInBytesButNeverEmpty) {
  for (const auto* id : {"a", "b", "c"}) Notify(blue_, "alice", id, std::string(1000, 'x'));
  Query query;
  query.max_bytes = 1500;
  const auto page = List(blue_, "alice", query);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->items.size(), 2U);
  EXPECT_NE(page->next, "");
}

TEST_F(KeepingInboxes, ACursorOfNobodyIsRefused) {
  for (const auto* cursor : {"x", "0", "-1", "1x", "99999999999999999999"}) {
    Query query;
    query.after = cursor;
    const auto page = List(blue_, "alice", std::move(query));
    ASSERT_FALSE(page) << cursor;
    EXPECT_EQ(page.error().code, Errc::kInvalidArgument);
  }
}

TEST_F(KeepingInboxes, ToldTwiceANotificationIsThereOnce) {
  Notify(blue_, "alice", "n1");
  Mark(Action::kRead, {.ids = {"n1"}});
  Notify(blue_, "alice", "n1");
  EXPECT_THAT(Ids(View::kRead), ElementsAre("n1"));
  EXPECT_EQ(Unread(), 0);
}

TEST_F(KeepingInboxes, ReadingCountsDownAndUnreadingUp) {
  NotifyMany(3);
  EXPECT_EQ(Mark(Action::kRead, {.ids = {"n1", "n3"}}), "2/1");
  EXPECT_THAT(Ids(View::kUnread), ElementsAre("n2"));
  EXPECT_THAT(Ids(View::kRead), ElementsAre("n3", "n1"));
  EXPECT_EQ(Mark(Action::kUnread, {.ids = {"n3"}}), "1/2");
  EXPECT_THAT(Ids(View::kUnread), ElementsAre("n3", "n2"));
}

TEST_F(KeepingInboxes, WhatIsArchivedIsOutOfTheWayAndComesBackAsItWas) {
  NotifyMany(2);
  EXPECT_EQ(Mark(Action::kArchive, {.ids = {"n1"}}), "1/1");
  EXPECT_THAT(Ids(), ElementsAre("n2"));
  EXPECT_THAT(Ids(View::kArchived), ElementsAre("n1"));
  EXPECT_THAT(Ids(View::kAll), ElementsAre("n2", "n1"));
  EXPECT_EQ(Mark(Action::kUnarchive, {.ids = {"n1"}}), "1/2");
  EXPECT_THAT(Ids(View::kUnread), ElementsAre("n2", "n1"));
}

TEST_F(KeepingInboxes, AllUpToOneMeansThisOneAndThoseBefore) {
  NotifyMany(4);
  EXPECT_EQ(Mark(Action::kRead, {.up_to = "n3"}), "3/1");
  EXPECT_THAT(Ids(View::kUnread), ElementsAre("n4"));
  EXPECT_EQ(Mark(Action::kRead, {.up_to = "nobody"}), "not_found");
}

TEST_F(KeepingInboxes, WhatChangesNothingIsNoEvent) {
  NotifyMany(2);
  EXPECT_EQ(Mark(Action::kRead, {.ids = {"n1", "unknown"}}), "1/1");
  EXPECT_EQ(Mark(Action::kRead, {.ids = {"n1", "unknown"}}), "0/1");
  EXPECT_EQ(Mark(Action::kUnarchive, {.up_to = "n2"}), "0/1");
  ASSERT_EQ(MarkingEvents(), 1U);
  const auto event = log_.OfType(blue_, "notification.read").front();
  EXPECT_EQ(event.data, R"({"user":"alice","notifications":["n1"],"by":"user:alice"})");
  EXPECT_EQ(event.userid, "alice");
}

TEST_F(KeepingInboxes, AMarkThatTheLogDoesNotTakeIsAnErrorAndChangesNothing) {
  NotifyMany(1);
  log_.failing_appends = 1;
  EXPECT_EQ(Mark(Action::kRead, {.ids = {"n1"}}), "unavailable");
  EXPECT_EQ(Unread(), 1);
}

TEST_F(KeepingInboxes, OneUserNeitherSeesNorChangesAnothers) {
  NotifyMany(1);
  Notify(blue_, "bob", "secret");
  EXPECT_THAT(Ids(View::kAll), ElementsAre("n1"));
  EXPECT_EQ(Mark(Action::kRead, {.ids = {"secret"}}), "0/1");
  EXPECT_EQ(Mark(Action::kRead, {.up_to = "secret"}), "not_found");
  EXPECT_EQ(UnreadOf(blue_, "bob"), 1);
}

TEST_F(KeepingInboxes, WhatAReplayOrAnImportBringsIsHistory) {
  log_.Publish(blue_, {.type = "notification.created",
                       .data = CreatedData("alice", "copy"),
                       .replayof = R"("1000-1")"});
  log_.Publish(blue_, {.type = "notification.created",
                       .data = CreatedData("alice", "imported"),
                       .extensions = {{kImportedAttribute, "true"}}});
  EXPECT_THAT(Ids(View::kAll), IsEmpty());
}

TEST_F(KeepingInboxes, AKillLosesNothing) {
  NotifyMany(3);
  Mark(Action::kRead, {.ids = {"n2"}});
  const auto before = Everything();
  CrashAndRestart();
  EXPECT_EQ(Everything(), before);
  EXPECT_EQ(Unread(), 2);
}

TEST_F(KeepingInboxes, ThrownAwayAndBuiltAgainTheyAreTheSame) {
  NotifyMany(10);
  Notify(blue_, "bob", "b1");
  RunFor(1min);
  Mark(Action::kRead, {.up_to = "n6"});
  Mark(Action::kUnread, {.ids = {"n2", "n3"}});
  RunFor(1min);
  Mark(Action::kArchive, {.ids = {"n1", "n2", "n9"}});
  Mark(Action::kUnarchive, {.ids = {"n9"}});
  MarkOf(blue_, "bob", Action::kArchive, {.ids = {"b1"}});
  const auto before = Everything();
  ASSERT_EQ(before.size(), 11U);
  RunFor(1s);
  live_.Take();
  ASSERT_TRUE(Rebuild());
  EXPECT_EQ(Everything(), before);
  EXPECT_EQ(Unread(), 5);
  RunFor(1s);
  EXPECT_THAT(live_.Take(), IsEmpty()) << "Nothing is new to anybody.";
}

TEST_F(KeepingInboxes, ARebuildFromALogThatLostItsBeginningIsRefused) {
  NotifyMany(3);
  ASSERT_EQ(Unread(), 3);
  log_.Expire(blue_, 2);
  const auto rebuilt = Rebuild();
  ASSERT_FALSE(rebuilt);
  EXPECT_EQ(rebuilt.error().code, Errc::kGap);
  EXPECT_EQ(Unread(), 3);
}

TEST_F(KeepingInboxes, TheyOutliveTheEventsTheyCameFrom) {
  NotifyMany(3);
  ASSERT_EQ(Unread(), 3);
  log_.Expire(blue_, 3);
  CrashAndRestart();
  EXPECT_THAT(Ids(), ElementsAre("n3", "n2", "n1"));
}

TEST_F(KeepingInboxes, TheLogKeepsWhatIsNotInThemYet) {
  log_.head_moved = nullptr;
  const Position last = Notify(blue_, "alice", "n1");
  const auto hold = [this] { return runtime_->Run(side_->inboxes.HeldBy(blue_)); };
  auto held = hold();
  ASSERT_TRUE(held && held->size() == 1);
  EXPECT_EQ(held->front().after, Position());
  RunFor(1s);
  held = hold();
  ASSERT_TRUE(held && held->size() == 1);
  EXPECT_EQ(held->front().after, last) << "Being asked, they went on.";
}

TEST_F(KeepingInboxes, EventsThatAreNoneOfTheirsCostNoWrite) {
  NotifyMany(1);
  ASSERT_EQ(Unread(), 1);
  const auto stand = [this] {
    auto state = side_->databases.Open(blue_, InboxStore::kSchema);
    return InboxStore(**state, blue_, runtime_->random()).Stand().value();
  };
  const Position before = stand();
  for (int i = 0; i < 100; ++i) log_.Publish(blue_, {.type = "order.placed", .data = "1"});
  ASSERT_EQ(Unread(), 1);
  EXPECT_EQ(stand(), before);
}

TEST_F(KeepingInboxes, ATenantWithoutAnyIsReadAFewTimesASecond) {
  for (int i = 0; i < 1000; ++i) {
    log_.Publish(blue_, {.type = "order.placed", .data = "1"});
    RunFor(1ms);
  }
  EXPECT_LE(log_.reads, 5U);
  EXPECT_GE(log_.reads, 4U);
}

TEST_F(KeepingInboxes, OfMoreThanTheMostTheOldestGo) {
  options_.max_items = 3;
  CrashAndRestart();
  NotifyMany(5);
  EXPECT_THAT(Ids(), ElementsAre("n5", "n4", "n3"));
  Notify(blue_, "bob", "b1");
  EXPECT_EQ(UnreadOf(blue_, "bob"), 1) << "Each user has the most for itself.";
}

TEST_F(KeepingInboxes, OfMoreThanATenantMayHaveTheOldestGoWhoeverHasThem) {
  options_.max_tenant_items = 3;
  CrashAndRestart();
  NotifyMany(2);
  for (const auto* id : {"b1", "b2"}) Notify(blue_, "bob", id);
  EXPECT_THAT(Ids(), ElementsAre("n2"));
  EXPECT_EQ(UnreadOf(blue_, "bob"), 2);
}

TEST_F(KeepingInboxes, ATenantsOwnSettingsWin) {
  NotifyMany(5);
  ASSERT_EQ(Unread(), 5);
  const TenantHandle two = BlueWith({.max_age_ms = 60'000, .max_items = 2});
  ASSERT_EQ(UnreadOf(two, "alice"), 5);
  Notify(two, "alice", "n6");
  EXPECT_THAT(IdsOf(two, "alice"), ElementsAre("n6", "n5"));
  RunFor(61s);
  EXPECT_EQ(UnreadOf(two, "alice"), 0);
}

TEST_F(KeepingInboxes, WhatIsTooOldIsGoneAtOnceAndSweptLater) {
  options_.retention = 1h;
  CrashAndRestart();
  NotifyMany(2);
  RunFor(59min);
  Notify(blue_, "alice", "young");
  EXPECT_EQ(Unread(), 3);
  RunFor(2min);
  EXPECT_THAT(Ids(View::kAll), ElementsAre("young"));
  EXPECT_EQ(Unread(), 1);
  const auto rows = [this] {
    auto state = side_->databases.Open(blue_, InboxStore::kSchema);
    return (*state)->Number("SELECT count(*) FROM inbox_items").value();
  };
  EXPECT_EQ(rows(), 3);
  live_.Take();
  runtime_->platform().Post([this] { side_->inboxes.Sweep(); });
  RunFor(1s);
  EXPECT_EQ(rows(), 1);
  EXPECT_THAT(live_.Take(), ElementsAre(R"(blue alice {"unread":1})"));
}

TEST_F(KeepingInboxes, ATenantThatNobodyTouchesIsSweptAfterARestart) {
  options_.retention = 1h;
  NotifyMany(2);
  ASSERT_EQ(Unread(), 2);
  CrashAndRestart();
  runtime_->platform().Post([this] { side_->inboxes.Resume({blue_}); });
  RunFor(2h);
  runtime_->platform().Post([this] { side_->inboxes.Sweep(); });
  RunFor(1s);
  auto state = side_->databases.Open(blue_, InboxStore::kSchema);
  EXPECT_EQ((*state)->Number("SELECT count(*) FROM inbox_items").value(), 0);
}

TEST_F(KeepingInboxes, ABurstIsAFewBadgesAndTheLastIsRight) {
  NotifyMany(1000);
  RunFor(2s);
  const auto told = live_.Take();
  EXPECT_LE(told.size(), 4U);
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.back(), R"(blue alice {"unread":1000})");
}

TEST_F(KeepingInboxes, MarkingTellsTheNewCount) {
  NotifyMany(2);
  RunFor(1s);
  live_.Take();
  Mark(Action::kRead, {.ids = {"n1"}});
  RunFor(1s);
  EXPECT_THAT(live_.Take(), ElementsAre(R"(blue alice {"unread":1})"));
}

TEST_F(KeepingInboxes, WhoConnectsIsToldWhatIsUnreadAndNothingWhereNothingIs) {
  log_.head_moved = nullptr;
  NotifyMany(2);
  for (const auto* user : {"alice", "bob"}) side_->inboxes.Greet(blue_, user);
  RunFor(1s);
  EXPECT_THAT(live_.Take(), AllOf(Not(IsEmpty()), Each(R"(blue alice {"unread":2})")));
  for (const auto* user : {"alice", "bob"}) side_->inboxes.Greet(blue_, user);
  RunFor(1s);
  EXPECT_THAT(live_.Take(), ElementsAre(R"(blue alice {"unread":2})"));
}

TEST_F(KeepingInboxes, WhereAnotherLogIsThereTheyAreBuiltFromIt) {
  NotifyMany(2);
  Mark(Action::kRead, {.ids = {"n1"}});
  const auto before = Everything();
  {
    auto state = side_->databases.Open(blue_, InboxStore::kSchema);
    InboxStore store(**state, blue_, runtime_->random());
    ASSERT_TRUE(store.Add({.notification = "gone", .user = "alice", .sequence = Sequence{99}}));
    ASSERT_TRUE(store.MoveTo({Epoch{999}, Sequence{99}}));
  }
  CrashAndRestart();
  EXPECT_EQ(Everything(), before);
}

}  // namespace
}  // namespace notify::agent::inbox
