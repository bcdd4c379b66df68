#include "agent/trigger/trigger_store.hpp"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/tenants.hpp"

namespace notify::agent::trigger {
namespace {

constexpr std::string_view kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

class Rules : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(database_->Migrate(TriggerStore::kSchema)); }

  static Trigger Rule(const std::string& id, const std::string& secret = {}) {
    Trigger trigger;
    trigger.id = id;
    trigger.on = "a.b";
    trigger.template_id = "t";
    trigger.channels = {"log"};
    if (!secret.empty() || id == "hook") {
      trigger.channels = {"webhook"};
      trigger.audience.kind = Audience::Kind::kWebhook;
      trigger.audience.url = "https://x.example/in";
      trigger.audience.secret = Secret(secret);
    }
    return trigger;
  }
  Result<Trigger> Put(const Trigger& trigger) { return store_.Put(trigger, clock_.WallNow()); }

  testing_support::TempDir folder_;
  testing_support::FakeClock clock_;
  testing_support::SeededRandom random_;
  std::unique_ptr<store::Database> database_ =
      store::Database::Open(folder_.path() + "/state.db", {}).value();
  TriggerStore store_{*database_,
                      testing_support::TenantHandleOf(testing_support::TenantRecordOf("blue")),
                      random_};
};

TEST_F(Rules, CountTheirVersions) {
  ASSERT_TRUE(Put(Rule("one")));
  clock_.Advance(std::chrono::seconds(5));
  EXPECT_EQ(Put(Rule("one"))->version, 2);
  EXPECT_EQ(store_.Get("one")->updated_ms - store_.Get("one")->created_ms, 5000);
}

TEST_F(Rules, NeverUseAVersionAgain) {
  ASSERT_TRUE(Put(Rule("one")));
  ASSERT_TRUE(store_.Delete("one", clock_.WallNow()));
  EXPECT_TRUE(store_.List()->empty());
  EXPECT_EQ(Put(Rule("one"))->version, 2);
}

TEST_F(Rules, AreNotThereWhenDeletedOrNeverMade) {
  EXPECT_EQ(store_.Get("none").error().code, Errc::kNotFound);
  EXPECT_EQ(store_.Delete("none", clock_.WallNow()).error().code, Errc::kNotFound);
}

TEST_F(Rules, KeepAWebhooksSecretThatIsLeftOut) {
  ASSERT_TRUE(Put(Rule("hook", std::string(kSecret))));
  ASSERT_TRUE(Put(Rule("hook")));
  EXPECT_EQ(store_.Get("hook")->audience.secret.Reveal(), kSecret);
}

TEST_F(Rules, NeedASecretForAWebhook) {
  const auto put = Put(Rule("hook"));
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().errors.at(0).pointer, "/audience/webhook/secret");
  EXPECT_EQ(store_.Get("hook").error().code, Errc::kNotFound);
}

TEST_F(Rules, SealTheirSecrets) {
  ASSERT_TRUE(Put(Rule("hook", std::string(kSecret))));
  TriggerStore stranger(*database_,
                        testing_support::TenantHandleOf(testing_support::TenantRecordOf("green")),
                        random_);
  EXPECT_FALSE(stranger.Get("hook"));
  const auto plain =
      database_->Number("SELECT count(*) FROM trigger_rules WHERE instr(secret,?1)>0", {kSecret});
  EXPECT_EQ(plain.value(), 0);
}

TEST_F(Rules, ExamplesAreForTenantsThatNeverHadOne) {
  EXPECT_TRUE(store_.InstallWhereNone(ExampleTriggers(), clock_.WallNow()).value());
  const auto rules = store_.List().value();
  for (const Trigger& rule : rules) {
    EXPECT_TRUE(store_.Delete(rule.id, clock_.WallNow()));
  }
  EXPECT_FALSE(store_.InstallWhereNone(ExampleTriggers(), clock_.WallNow()).value());
  EXPECT_TRUE(store_.List()->empty());
}

TEST_F(Rules, ExamplesReadBackAsTheyWere) {
  ASSERT_TRUE(store_.InstallWhereNone(ExampleTriggers(), clock_.WallNow()));
  const auto rules = store_.List().value();
  for (const Trigger& rule : rules) {
    EXPECT_TRUE(ParseTrigger(TriggerJson(rule), rule.id)) << rule.id;
  }
  EXPECT_EQ(store_.List()->size(), 4U);
}

}  // namespace
}  // namespace notify::agent::trigger
