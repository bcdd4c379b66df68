#include "agent/tenant/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/agent/tenant/platform.hpp"

namespace notify::agent::tenant {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class RegistryTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(platform_.Create("blue"));
    ASSERT_TRUE(platform_.Create("green"));
  }
  static std::string FirstMistake(const Result<TenantPtr>& result) {
    if (result) return "accepted";
    return result.error().errors.empty()
               ? result.error().detail
               : result.error().errors[0].pointer + " " + result.error().errors[0].detail;
  }

  Platform platform_;
};

TEST_F(RegistryTest, ACreatedTenantIsKnownToEveryThreadWhenTheAnswerComes) {
  for (std::size_t io = 0; io < 2; ++io) {
    ASSERT_NE(platform_.Find("blue", io), nullptr);
    EXPECT_EQ(platform_.Find("blue", io)->state, TenantState::kActive);
  }
  EXPECT_TRUE(platform_.HasFolder("blue/log"));
  EXPECT_FALSE(platform_.HasFolder(".new-blue"));
}

TEST_F(RegistryTest, TellsTheTenantsLogThatItWasCreated) {
  EXPECT_THAT(platform_.feedback.Types(),
              ElementsAre("blue tenant.created", "green tenant.created"));
}

TEST_F(RegistryTest, EachTenantHasKeysOfItsOwn) {
  const auto blue = platform_.Find("blue");
  const auto green = platform_.Find("green");
  EXPECT_EQ(blue->data_key.Reveal().size(), 32U);
  EXPECT_FALSE(blue->data_key.Equals(green->data_key.Reveal()));
  EXPECT_FALSE(blue->token_key.Equals(green->token_key.Reveal()));
  EXPECT_FALSE(blue->token_key.Equals(blue->data_key.Reveal()));
}

TEST_F(RegistryTest, NoTwoTenantsEverHaveTheSameEpoch) {
  const auto first = platform_.Find("green")->epoch;
  EXPECT_GT(first, platform_.Find("blue")->epoch);
  ASSERT_TRUE(platform_.Delete("green"));
  EXPECT_GT(platform_.Create("green").value()->epoch, first);
}

TEST_F(RegistryTest, KeepsEverythingOverAPowerCut) {
  const auto before =
      platform_.Update("blue", R"({"name":"Blue Bank","limits":{"connections":5}})");
  ASSERT_TRUE(before);
  platform_.PowerCut();
  const auto after = platform_.Find("blue");
  ASSERT_NE(after, nullptr);
  EXPECT_EQ(after->name, "Blue Bank");
  EXPECT_EQ(after->limits.connections, 5U);
  EXPECT_EQ(after->epoch, (*before)->epoch);
  EXPECT_TRUE(after->data_key.Equals((*before)->data_key.Reveal()));
}

TEST_F(RegistryTest, RefusesReservedTakenAndMalformedNames) {
  EXPECT_EQ(platform_.Create("platform").error().code, Errc::kTenantInvalid);
  EXPECT_EQ(platform_.Create("default").error().code, Errc::kTenantInvalid);
  EXPECT_EQ(platform_.Create("Blue").error().code, Errc::kTenantInvalid);
  EXPECT_EQ(platform_.Create("blue").error().code, Errc::kTenantExists);
}

TEST_F(RegistryTest, TheAgentItselfMayMakeTheDefaultTenant) {
  auto draft = ParseTenantDraft(R"({"id":"default"})");
  EXPECT_TRUE(platform_.runtime->Run(
      platform_.registry->Create(std::move(*draft), Registry::Origin::kAgent)));
}

TEST_F(RegistryTest, AHostBelongsToOneTenant) {
  ASSERT_TRUE(platform_.Update("blue", R"({"hosts":["Blue.SmartPay.com"]})"));
  EXPECT_EQ(*platform_.directory->OfIo(0)->Find("blue.smartpay.com"), Platform::Id("blue"));
  const auto taken = platform_.Update("green", R"({"hosts":["blue.smartpay.com"]})");
  EXPECT_EQ(taken.error().code, Errc::kConflict);
  EXPECT_TRUE(platform_.Update("blue", R"({"hosts":["blue.smartpay.com","b.example.com"]})"));
}

TEST_F(RegistryTest, AnUpdateLeavesTheOtherTenantAlone) {
  const auto green = platform_.Find("green");
  ASSERT_TRUE(platform_.Update("blue", R"({"tier":"gold","config":{"hub.payload":"data"}})"));
  EXPECT_EQ(platform_.Find("green"), green);
  EXPECT_EQ(platform_.Find("blue", 1)->settings.payload, HubPayload::kData);
}

TEST_F(RegistryTest, AnUnknownKeyIsRefusedWithTheNearestOne) {
  EXPECT_THAT(FirstMistake(platform_.Update("blue", R"({"config":{"hub.paylod":"data"}})")),
              HasSubstr("did you mean hub.payload?"));
  EXPECT_THAT(FirstMistake(platform_.Update("blue", R"({"limits":{"eventsPerSecnd":1}})")),
              HasSubstr("did you mean eventsPerSecond?"));
  EXPECT_THAT(FirstMistake(platform_.Update("blue", R"({"nmae":"x"})")), HasSubstr("/nmae"));
}

TEST_F(RegistryTest, EachMistakeOfAnUpdateIsNamedAndNothingIsChanged) {
  const auto before = platform_.Find("blue");
  const auto refused =
      platform_.Update("blue", R"({"tier":"G O","hosts":["-bad-"],"limits":{"connections":0},)"
                               R"("config":{"notifications.broadcast":["no type"]}})");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().errors.size(), 4U);
  EXPECT_EQ(platform_.Find("blue"), before);
}

TEST_F(RegistryTest, NullBringsADefaultBack) {
  ASSERT_TRUE(platform_.Update("blue", R"({"limits":{"eventsPerSecond":7},)"
                                       R"("config":{"notifications.subscribable":["fx.*"]}})"));
  EXPECT_EQ(platform_.Find("blue")->limits.events_per_second, 7U);
  ASSERT_TRUE(platform_.Update("blue", R"({"limits":{"eventsPerSecond":null},)"
                                       R"("config":{"notifications.subscribable":null}})"));
  EXPECT_FALSE(platform_.Find("blue")->limits.events_per_second);
  EXPECT_FALSE(platform_.Find("blue")->settings.subscribable);
}

TEST_F(RegistryTest, SuspendingLetsGoOfConnectionsAndResumingBringsTheTenantBack) {
  auto& runtime = *platform_.runtime;
  ASSERT_TRUE(runtime.Run(platform_.registry->Suspend(Platform::Id("blue"))));
  EXPECT_EQ(platform_.Find("blue", 1)->state, TenantState::kSuspended);
  EXPECT_THAT(platform_.holder.stopped, ElementsAre("blue suspended"));
  ASSERT_TRUE(runtime.Run(platform_.registry->Suspend(Platform::Id("blue"))));
  EXPECT_EQ(platform_.holder.stopped.size(), 1U);
  ASSERT_TRUE(runtime.Run(platform_.registry->Resume(Platform::Id("blue"))));
  EXPECT_EQ(platform_.Find("blue")->state, TenantState::kActive);
}

TEST_F(RegistryTest, ADeletedTenantLeavesNothing) {
  const std::string wrapped =
      platform_.rows->Tenant(Platform::Id("blue")).value()->wrapped_data_key;
  ASSERT_TRUE(platform_.Delete("blue"));
  EXPECT_EQ(platform_.Find("blue"), nullptr);
  EXPECT_FALSE(platform_.HasFolder("blue"));
  EXPECT_THAT(platform_.holder.stopped, ElementsAre("blue deleting"));
  const std::string file = platform_.disk.ReadAll("/data/platform.db", 1 << 20).value();
  EXPECT_EQ(file.find(wrapped), std::string::npos) << "the wrapped key is still in the file";
  EXPECT_NE(platform_.Find("green"), nullptr);
}

TEST_F(RegistryTest, EachStepOfATenantsLifeIsAnEventOfItsLog) {
  auto& runtime = *platform_.runtime;
  platform_.feedback.told.clear();
  ASSERT_TRUE(platform_.Update("blue", R"({"tier":"gold"})"));
  ASSERT_TRUE(platform_.Update("blue", R"({"limits":{"connections":5}})"));
  ASSERT_TRUE(platform_.Update("blue", R"({"name":"Blue","tier":"standard"})"));
  ASSERT_TRUE(platform_.Update("blue", R"({"name":"Blue"})"));
  ASSERT_TRUE(runtime.Run(platform_.registry->Suspend(Platform::Id("blue"))));
  ASSERT_TRUE(runtime.Run(platform_.registry->Resume(Platform::Id("blue"))));
  EXPECT_THAT(
      platform_.feedback.Types(),
      ElementsAre("blue tenant.upgraded", "blue tenant.configured", "blue tenant.upgraded",
                  "blue tenant.configured", "blue tenant.suspended", "blue tenant.resumed"));
  EXPECT_THAT(platform_.feedback.told[0].second.data_json, HasSubstr(R"("tier":"gold")"));
}

TEST_F(RegistryTest, ADeletionIsInThePlatformsAudit) {
  ASSERT_TRUE(platform_.Delete("blue"));
  ASSERT_EQ(platform_.audit.platform.size(), 1U);
  EXPECT_EQ(platform_.audit.platform[0].action, "tenant.deleted");
  EXPECT_EQ(platform_.audit.platform[0].target, "tenant:blue");
}

TEST_F(RegistryTest, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(platform_.Update("red", "{}").error().code, Errc::kTenantNotFound);
  EXPECT_EQ(platform_.Delete("red").error().code, Errc::kTenantNotFound);
}

TEST_F(RegistryTest, ATenantThatCannotBeToldIsUndone) {
  platform_.feedback.refuse = true;
  EXPECT_EQ(platform_.Create("red").error().code, Errc::kUnavailable);
  EXPECT_EQ(platform_.Find("red"), nullptr);
  EXPECT_FALSE(platform_.HasFolder("red"));
  platform_.feedback.refuse = false;
  EXPECT_TRUE(platform_.Create("red"));
}

TEST_F(RegistryTest, AStrangeFolderIsNotTakenOver) {
  ASSERT_TRUE(platform_.disk.MakeFolder("/data/tenants/red"));
  EXPECT_EQ(platform_.Create("red").error().code, Errc::kConflict);
  EXPECT_TRUE(platform_.HasFolder("red"));
}

TEST_F(RegistryTest, ATenantWhoseKeyWasTamperedWithIsLeftOutAndTheOtherServed) {
  ASSERT_TRUE(platform_.database->Run(
      "UPDATE tenant_tenants SET data_key=(SELECT data_key FROM tenant_tenants WHERE id='green')"
      " WHERE id='blue'"));
  ASSERT_TRUE(platform_.runtime->Run(platform_.registry->Load()));
  EXPECT_EQ(platform_.Find("blue"), nullptr);
  EXPECT_NE(platform_.Find("green"), nullptr);
}

}  // namespace
}  // namespace notify::agent::tenant
