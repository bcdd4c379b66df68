#include "agent/projection/tables.hpp"
#include "tests/unit/agent/projection/projection_world.hpp"

namespace notify::agent::projection {
namespace {

using namespace std::chrono_literals;

/// Green misbehaves; blue has one projection and its events.
class TwoTenantsProject : public ProjectionWorld {
 protected:
  /// Whether blue's next event is in its state when it asks, without waiting for long.
  bool BlueIsServed() {
    Credit(blue_, "x", "1");
    ++credited_;
    const auto begun = runtime_->clock().Now();
    const std::string n = std::to_string(credited_);
    return StateOf("p", "x") == R"({"balance":)" + n + R"(,"n":)" + n + "}" &&
           runtime_->clock().Now() - begun < 1s;
  }
  int credited_ = 0;
};

TEST_F(TwoTenantsProject, ManyEventsOfOneLeaveTheOtherItsTurns) {
  options_.busy_tenants = 1;
  options_.limits.turn_events = 100;
  CrashAndRestart();
  Create(blue_, "p");
  for (int i = 0; i < 50; ++i) Create(green_, "p" + std::to_string(i));
  log_.head_moved = nullptr;
  for (int i = 0; i < 20'000; ++i) Credit(green_, "g", "1");
  const Position head = Credit(green_, "g", "1");
  side_->projections.HeadMoved(green_, head);
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(BlueIsServed());
  EXPECT_EQ(Get(green_, "p0")["status"], "catching_up");
}

TEST_F(TwoTenantsProject, AStateThatCannotBeReadStopsItsOwnTenantOnly) {
  Create(blue_, "p");
  Create(green_, "p");
  Credit(green_, "g", "1");
  runtime_->RunFor(1s);
  auto state = side_->databases.Open(green_, kProjectionSchema);
  ASSERT_TRUE((*state)->Run("UPDATE projection_states SET state=x'00'"));
  Credit(green_, "g", "1");
  runtime_->RunFor(1s);
  EXPECT_THAT(Get(green_, "p")["error"].get<std::string>(), testing::HasSubstr("cannot be opened"));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(BlueIsServed());
}

TEST_F(TwoTenantsProject, AStateOfTheOtherTenantDoesNotOpen) {
  Create(blue_, "p");
  Create(green_, "p");
  Credit(green_, "canary", "1");
  Credit(blue_, "x", "1");
  runtime_->RunFor(1s);
  std::string sealed;
  auto of_green = side_->databases.Open(green_, kProjectionSchema);
  ASSERT_TRUE(
      (*of_green)->Query("SELECT state FROM projection_states", {}, [&](const store::Row& row) {
        sealed = row.Bytes(0);
        return true;
      }));
  auto of_blue = side_->databases.Open(blue_, kProjectionSchema);
  ASSERT_TRUE((*of_blue)->Run("UPDATE projection_states SET state=?1", {store::Blob{sealed}}));
  EXPECT_EQ(StateOf("p", "x"), "internal");
}

TEST_F(TwoTenantsProject, OneThatIsDeletedHoldsUpNothing) {
  Create(blue_, "p");
  Create(green_, "p");
  Credit(green_, "g", "1");
  auto record = green_.record();
  record.state = TenantState::kDeleting;
  runtime_->Run(side_->projections.LetGo(testing_support::TenantHandleOf(record)),
                &runtime_->platform());
  EXPECT_TRUE(BlueIsServed());
}

}  // namespace
}  // namespace notify::agent::projection
