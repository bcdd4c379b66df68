#include "agent/projection/metrics_projection.hpp"

#include <gtest/gtest.h>

#include "agent/projection/tables.hpp"
#include "tests/support/fake_event_log.hpp"
#include "tests/support/sim/abandoned.hpp"
#include "tests/support/sim/sim_runtime.hpp"
#include "tests/support/tenants.hpp"

namespace notify::agent::projection {
namespace {

using namespace std::chrono_literals;

class Counting : public testing::Test {
 protected:
  struct Side {
    Side(async::Runtime& runtime, EventSource& log)
        : databases(runtime.clock(), runtime.files().SqliteVfs(), {}),
          projection(runtime, log, databases, {}) {}
    store::TenantDatabases databases;
    MetricsProjection projection;
  };

  Counting() {
    for (const auto* folder : {"/blue", "/green"}) EXPECT_TRUE(disk_.MakeFolder(folder));
    Start();
  }
  ~Counting() override {
    runtime_->Run(side_->projection.Stop(), &runtime_->platform());
    side_.reset();
  }
  void Start() {
    runtime_ = std::make_unique<testing_support::sim::SimRuntime>(
        testing_support::sim::SimOptions{.seed = ++seed_}, disk_);
    side_ = std::make_unique<Side>(*runtime_, log_);
    log_.head_moved = [this](const TenantHandle& tenant, Position head) {
      runtime_->platform().Post(
          [this, tenant, head] { side_->projection.HeadMoved(tenant, head); });
    };
  }
  void CrashAndRestart() {
    log_.head_moved = nullptr;
    runtime_->Crash();
    testing_support::sim::Abandon(std::move(side_));
    runtime_.reset();
    disk_.PowerCut(++seed_);
    Start();
  }

  void Publish(const TenantHandle& tenant, const std::string& type, int count = 1,
               const std::string& data = {}) {
    for (int i = 0; i < count; ++i) log_.Publish(tenant, {.type = type, .data = data});
  }
  std::string Rows(std::string_view metric, std::string_view by,
                   std::optional<std::int64_t> since = {}, std::optional<std::int64_t> until = {}) {
    auto query = ParseMetricQuery(metric, by).value();
    query.since_ms = since;
    query.until_ms = until;
    const auto answer = runtime_->Run(side_->projection.Query({blue_, green_}, query));
    if (!answer) return answer.error().detail;
    return answer->substr(answer->find("\"rows\":") + 7, std::string::npos);
  }
  std::string Types() { return Rows("events", "tenant,type"); }
  Result<std::string> Rebuild(bool from_retained = false) {
    return runtime_->Run(side_->projection.BeginRebuild(blue_, from_retained));
  }
  std::string Standing() { return runtime_->Run(side_->projection.Standing(blue_)).value(); }

  testing_support::sim::SimDisk disk_;
  testing_support::FakeEventLog log_;
  std::uint64_t seed_ = 0;
  const TenantHandle blue_ =
      testing_support::TenantHandleOf(testing_support::TenantRecordOf("blue", "/blue", 1000));
  const TenantHandle green_ =
      testing_support::TenantHandleOf(testing_support::TenantRecordOf("green", "/green", 1001));
  std::unique_ptr<testing_support::sim::SimRuntime> runtime_;
  std::unique_ptr<Side> side_;
};

constexpr auto kThreeRows =
    R"([{"tenant":"blue","type":"a.b","value":3},{"tenant":"blue","type":"c.d","value":2},)"
    R"({"tenant":"green","type":"a.b","value":1}]})";

TEST_F(Counting, CountsByTenantAndType) {
  Publish(blue_, "a.b", 3);
  Publish(blue_, "c.d", 2);
  Publish(green_, "a.b");
  EXPECT_EQ(Types(), kThreeRows);
}

TEST_F(Counting, SumsOverWhatIsNotAskedFor) {
  Publish(blue_, "a.b", 3);
  Publish(green_, "c.d");
  EXPECT_EQ(Rows("events", ""), R"([{"value":4}]})");
  EXPECT_EQ(Rows("events", "tenant"),
            R"([{"tenant":"blue","value":3},{"tenant":"green","value":1}]})");
}

TEST_F(Counting, AnAnswerHoldsEverythingBeforeTheQuestion) {
  Publish(blue_, "a.b", 3);
  log_.head_moved = nullptr;
  Publish(blue_, "a.b", 2);
  EXPECT_EQ(Rows("events", "type"), R"([{"type":"a.b","value":5}]})");
}

TEST_F(Counting, TimesCountByWholeMinutes) {
  for (const std::int64_t ms : {60'000, 119'999, 120'000, 180'000}) {
    log_.now_ms = ms;
    Publish(blue_, "a.b");
  }
  EXPECT_EQ(Rows("events", "", 60'000, 120'000), R"([{"value":2}]})");
  EXPECT_EQ(Rows("events", "", 130'000), R"([{"value":2}]})");
  EXPECT_EQ(Rows("events", "", 130'000, 170'000), R"([{"value":1}]})");
}

TEST_F(Counting, CountsNotificationsByChannelAndDeliveriesByStatus) {
  Publish(blue_, "notification.created", 2, R"({"channel": "in_app"})");
  Publish(blue_, "notification.created", 1, R"({"channel": "webhook"})");
  Publish(blue_, "notification.delivered", 2);
  Publish(blue_, "delivery.failed");
  EXPECT_EQ(Rows("notifications", "channel"),
            R"([{"channel":"in_app","value":2},{"channel":"webhook","value":1}]})");
  EXPECT_EQ(Rows("deliveries", "status"),
            R"([{"status":"DELIVERED","value":2},{"status":"FAILED","value":1}]})");
}

TEST_F(Counting, GoesOnFromItsSnapshotAfterACrash) {
  Publish(blue_, "a.b", 3);
  Publish(green_, "a.b");
  runtime_->RunFor(15s);
  Publish(blue_, "c.d", 2);
  runtime_->RunFor(1s);
  CrashAndRestart();
  const std::size_t reads = log_.reads;
  EXPECT_EQ(Types(), kThreeRows);
  EXPECT_LE(log_.reads - reads, 2U);
}

TEST_F(Counting, CountsFromZeroWithoutASnapshot) {
  Publish(blue_, "a.b", 3);
  Publish(blue_, "c.d", 2);
  Publish(green_, "a.b");
  CrashAndRestart();
  EXPECT_EQ(Types(), kThreeRows);
}

TEST_F(Counting, RebuiltItIsTheSame) {
  Publish(blue_, "a.b", 3);
  runtime_->RunFor(15s);
  Publish(blue_, "c.d", 2);
  Publish(green_, "a.b");
  ASSERT_TRUE(Rebuild());
  EXPECT_EQ(Types(), kThreeRows);
  runtime_->RunFor(1s);
  EXPECT_NE(Standing().find(R"("status":"live")"), std::string::npos) << Standing();
  EXPECT_EQ(Types(), kThreeRows);
}

TEST_F(Counting, ARebuildCorrectsWhatWasCountedWrong) {
  Publish(blue_, "a.b", 3);
  Publish(blue_, "c.d", 2);
  Publish(green_, "a.b");
  runtime_->RunFor(15s);
  auto state = side_->databases.Open(blue_, kProjectionSchema);
  ASSERT_TRUE((*state)->Run("UPDATE projection_counts SET value=77"));
  ASSERT_TRUE(Rebuild());
  runtime_->RunFor(1s);
  EXPECT_EQ(Types(), kThreeRows);
}

TEST_F(Counting, ACrashAnywhereInARebuildEndsWithTheSameCounts) {
  Publish(blue_, "a.b", 3);
  Publish(blue_, "c.d", 2);
  Publish(green_, "a.b");
  runtime_->RunFor(15s);
  for (std::uint64_t change = 1; change < 40; change += 2) {
    disk_.PowerOffAt(change);
    static_cast<void>(Rebuild());
    runtime_->RunUntil([&] { return disk_.power_off(); }, 15s);
    CrashAndRestart();
    Standing();
    runtime_->RunFor(1s);
    EXPECT_NE(Standing().find(R"("status":"live")"), std::string::npos) << Standing();
    EXPECT_EQ(Types(), kThreeRows) << change;
  }
}

TEST_F(Counting, HoldsWhatIsNotInItsSnapshotWhichItTakesWhenAsked) {
  const auto held = [this] {
    return runtime_->Run(side_->projection.HeldBy(blue_))->front().after.sequence.value;
  };
  Publish(blue_, "a.b", 3);
  EXPECT_EQ(held(), 0U) << "nothing is read yet";
  runtime_->RunFor(1s);
  EXPECT_EQ(held(), 3U);
  CrashAndRestart();
  EXPECT_EQ(held(), 3U) << "it is what a crash goes back to";
}

TEST_F(Counting, IsNotThrownAwayWhereTheLogNoLongerBeginsAtOne) {
  Publish(blue_, "a.b", 3);
  runtime_->RunFor(15s);
  log_.Expire(blue_, 2);
  EXPECT_EQ(Rebuild().error().code, Errc::kGap);
  EXPECT_EQ(Rows("events", "type"), R"([{"type":"a.b","value":3}]})");
  ASSERT_TRUE(Rebuild(true));
  runtime_->RunFor(1s);
  EXPECT_EQ(Rows("events", "type"), R"([{"type":"a.b","value":1}]})");
}

TEST_F(Counting, HoldsNothingForTenantsThatAreIdle) {
  Publish(blue_, "a.b", 3);
  runtime_->RunFor(1s);
  EXPECT_EQ(side_->projection.busy(), 1U);
  runtime_->RunFor(60s);
  EXPECT_EQ(side_->projection.busy(), 0U);
}

// The power goes after each of many different amounts of work.
TEST_F(Counting, ACrashAnywhereCountsNothingTwice) {
  for (std::uint64_t change = 1; change < 40; ++change) {
    disk_.PowerOffAt(change);
    Publish(blue_, "a.b");
    runtime_->RunUntil([&] { return disk_.power_off(); }, 15s);
    CrashAndRestart();
    EXPECT_EQ(Rows("events", ""), "[{\"value\":" + std::to_string(change) + "}]}") << change;
  }
}

TEST(MetricQuery, NamesWhatThereIs) {
  EXPECT_EQ(ParseMetricQuery("event", "").error().hint,
            "There are events, notifications and deliveries.");
  EXPECT_EQ(ParseMetricQuery("events", "tenant,channel").error().detail,
            "'events' is not counted by 'channel'.");
  EXPECT_TRUE(ParseMetricQuery("deliveries", "tenant,status")->by_key);
}

TEST_F(Counting, HistoryCountsWhenItHappened) {
  constexpr std::int64_t kThen = 1'704'164'640'000;  // 2024-01-02T03:04:00Z
  log_.Publish(blue_, {.type = "order.paid",
                       .time = "2024-01-02T03:04:05Z",
                       .extensions = {{kImportedAttribute, "true"}}});
  log_.Publish(blue_, {.type = "order.paid", .time = "2024-01-02T03:04:05Z"});
  EXPECT_EQ(Rows("events", "type", kThen, kThen + 60'000), R"([{"type":"order.paid","value":1}]})");
  EXPECT_EQ(Rows("events", "type"), R"([{"type":"order.paid","value":2}]})");
}

TEST_F(Counting, ASumOfAnOldReportCountsAsAsManyAsItStandsFor) {
  const std::vector<Extension> sum = {{kStandsForAttribute, "40"}, {kImportedAttribute, "true"}};
  log_.Publish(blue_, {.type = "order.paid", .extensions = sum});
  log_.Publish(blue_, {.type = "notification.delivered", .extensions = sum});
  EXPECT_EQ(Rows("events", "type"),
            R"([{"type":"notification.delivered","value":40},{"type":"order.paid","value":40}]})");
  EXPECT_EQ(Rows("deliveries", "status"), R"([{"status":"DELIVERED","value":40}]})");
}

}  // namespace
}  // namespace notify::agent::projection
