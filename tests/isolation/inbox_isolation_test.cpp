#include "agent/inbox/inbox_store.hpp"
#include "tests/unit/agent/inbox/inbox_world.hpp"

namespace notify::agent::inbox {
namespace {

using namespace std::chrono_literals;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

/// Green misbehaves; blue's alice has her notifications.
class TwoTenantsKeepInboxes : public InboxWorld {
 protected:
  /// Whether blue's next notification is there when it is asked for, without waiting for long.
  bool BlueIsServed() {
    const std::string id = "blue-" + std::to_string(++made_);
    Notify(blue_, "alice", id);
    const auto begun = runtime_->clock().Now();
    const auto ids = Ids();
    return !ids.empty() && ids.front() == id && runtime_->clock().Now() - begun < 1s;
  }
  int made_ = 0;
};

TEST_F(TwoTenantsKeepInboxes, UsersOfOneNameInTwoTenantsAreTwoPeople) {
  Notify(blue_, "alice", "hers");
  Notify(green_, "alice", "the other's");
  EXPECT_THAT(IdsOf(blue_, "alice", View::kAll), ElementsAre("hers"));
  EXPECT_THAT(IdsOf(green_, "alice", View::kAll), ElementsAre("the other's"));
  EXPECT_EQ(MarkOf(green_, "alice", Action::kArchive, {.ids = {"hers"}}), "0/1");
  EXPECT_EQ(MarkOf(green_, "alice", Action::kRead, {.up_to = "hers"}), "not_found");
  EXPECT_EQ(Unread(), 1);
}

TEST_F(TwoTenantsKeepInboxes, ABadgeGoesToItsOwnTenantOnly) {
  Notify(blue_, "alice", "hers");
  RunFor(1s);
  const auto told = live_.Take();
  EXPECT_THAT(told, Not(IsEmpty()));
  EXPECT_THAT(told, Each(StartsWith("blue alice")));
}

TEST_F(TwoTenantsKeepInboxes, ManyEventsOfOneLeaveTheOtherItsTurns) {
  log_.head_moved = nullptr;
  Position head;
  for (int i = 0; i < 20'000; ++i) head = Notify(green_, "u", "n" + std::to_string(i));
  side_->inboxes.HeadMoved(green_, head);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(BlueIsServed());
}

TEST_F(TwoTenantsKeepInboxes, AnItemThatCannotBeReadStopsItsOwnTenantOnly) {
  Notify(green_, "alice", "broken");
  ASSERT_EQ(UnreadOf(green_, "alice"), 1);
  auto state = side_->databases.Open(green_, InboxStore::kSchema);
  ASSERT_TRUE((*state)->Run("UPDATE inbox_items SET content=x'00'"));
  EXPECT_THAT(IdsOf(green_, "alice"), ElementsAre("internal"));
  EXPECT_TRUE(BlueIsServed());
}

TEST_F(TwoTenantsKeepInboxes, AnItemOfTheOtherTenantDoesNotOpen) {
  Notify(green_, "alice", "canary");
  ASSERT_EQ(UnreadOf(green_, "alice"), 1);
  Notify(blue_, "alice", "canary");
  ASSERT_EQ(Unread(), 1);
  std::string sealed;
  auto of_green = side_->databases.Open(green_, InboxStore::kSchema);
  ASSERT_TRUE((*of_green)->Query("SELECT content FROM inbox_items", {}, [&](const auto& row) {
    sealed = row.Bytes(0);
    return true;
  }));
  auto of_blue = side_->databases.Open(blue_, InboxStore::kSchema);
  ASSERT_TRUE((*of_blue)->Run("UPDATE inbox_items SET content=?1", {store::Blob{sealed}}));
  EXPECT_THAT(Ids(), ElementsAre("internal"));
}

TEST_F(TwoTenantsKeepInboxes, OneThatIsDeletedHoldsUpNothingAndIsToldNothing) {
  Notify(green_, "alice", "n");
  auto record = green_.record();
  record.state = TenantState::kDeleting;
  runtime_->Run(side_->inboxes.LetGo(testing_support::TenantHandleOf(record)),
                &runtime_->platform());
  live_.Take();
  EXPECT_TRUE(BlueIsServed());
  RunFor(1s);
  EXPECT_THAT(live_.Take(), Each(StartsWith("blue")));
}

}  // namespace
}  // namespace notify::agent::inbox
