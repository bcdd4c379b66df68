#include <gtest/gtest.h>

#include "agent/async/task_group.hpp"
#include "tests/unit/agent/tenant/platform.hpp"

namespace notify::agent::tenant {
namespace {

/// Whether a tenant is whole (in the directory, with its folder, usable) or leaves no trace.
void ExpectWholeOrGone(Platform& platform, const std::string& name) {
  const auto row = platform.rows->Tenant(Platform::Id(name)).value();
  const auto record = platform.Find(name.c_str());
  EXPECT_EQ(row.has_value(), record != nullptr) << name;
  EXPECT_EQ(row.has_value(), platform.HasFolder(name)) << name;
  EXPECT_FALSE(platform.HasFolder(".new-" + name));
  if (record) {
    EXPECT_EQ(record->state, TenantState::kActive);
    EXPECT_TRUE(platform.HasFolder(name + "/log"));
    EXPECT_EQ(record->data_key.Reveal().size(), 32U);
  }
}

/// Runs `command` with the power going at the `nth` change of the disk. False where it ended first.
template <typename F>
bool CutAt(Platform& platform, std::uint64_t nth, F command) {
  platform.disk.PowerOffAt(nth);
  command();
  return platform.disk.power_off();
}

TEST(TenantLifecycle, APowerCutAnywhereInCreatingLeavesAWholeTenantOrNone) {
  bool cut = true;
  std::uint64_t nth = 1;
  std::size_t whole = 0;
  for (; cut && nth < 200; ++nth) {
    Platform platform(nth);
    ASSERT_TRUE(platform.Create("green"));
    Result<TenantPtr> created = Fail(Errc::kInternal, "not yet");
    cut = CutAt(platform, nth, [&] { created = platform.Create("blue"); });
    platform.PowerCut();
    platform.Finish();
    ExpectWholeOrGone(platform, "blue");
    ExpectWholeOrGone(platform, "green");
    EXPECT_NE(platform.Find("green"), nullptr);
    if (created) {
      EXPECT_NE(platform.Find("blue"), nullptr) << "acknowledged and lost, cut " << nth;
    }
    if (platform.Find("blue") != nullptr) ++whole;
    EXPECT_TRUE(platform.Find("blue") != nullptr || platform.Create("blue")) << "cut " << nth;
  }
  EXPECT_FALSE(cut);
  EXPECT_GT(nth, 5U);
  EXPECT_GT(whole, 1U);
}

TEST(TenantLifecycle, APowerCutAnywhereInDeletingLeavesAWholeTenantOrNone) {
  bool cut = true;
  std::uint64_t nth = 1;
  for (; cut && nth < 200; ++nth) {
    Platform platform(nth);
    ASSERT_TRUE(platform.Create("green"));
    ASSERT_TRUE(platform.Create("blue"));
    Status deleted = Fail(Errc::kInternal, "not yet");
    cut = CutAt(platform, nth, [&] { deleted = platform.Delete("blue"); });
    platform.PowerCut();
    platform.Finish();
    ExpectWholeOrGone(platform, "blue");
    ExpectWholeOrGone(platform, "green");
    if (deleted) {
      EXPECT_EQ(platform.Find("blue"), nullptr);
    }
  }
  EXPECT_FALSE(cut);
  EXPECT_GT(nth, 3U);
}

TEST(TenantLifecycle, AnUnfinishedCreationTellsItsEventUnderTheSameId) {
  Platform platform;
  ASSERT_TRUE(platform.Create("blue"));
  const std::string id = platform.feedback.told.at(0).second.id;
  ASSERT_TRUE(platform.database->Run("UPDATE tenant_tenants SET state=0 WHERE id='blue'"));
  platform.PowerCut();
  EXPECT_EQ(platform.Find("blue")->state, TenantState::kCreating);
  platform.Finish();
  EXPECT_EQ(platform.Find("blue")->state, TenantState::kActive);
  EXPECT_EQ(platform.feedback.told.at(1).second.id, id);
}

TEST(TenantLifecycle, TwoCommandsAtOnceDoNotMeet) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Platform platform(seed);
    async::TaskGroup group(platform.runtime->io(1).executor());
    int made = 0;
    struct Caller {
      static async::Task<void> Make(Platform& platform, int& made) {
        auto draft = ParseTenantDraft(R"({"id":"blue"})");
        auto created =
            co_await platform.registry->Create(std::move(*draft), Registry::Origin::kRequest);
        if (created) ++made;
      }
    };
    for (int i = 0; i < 3; ++i) group.Spawn(Caller::Make(platform, made));
    platform.runtime->RunFor(std::chrono::seconds(1));
    EXPECT_EQ(made, 1);
    EXPECT_EQ(group.running(), 0U);
  }
}

}  // namespace
}  // namespace notify::agent::tenant
