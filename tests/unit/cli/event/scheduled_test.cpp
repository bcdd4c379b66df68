#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::event {
namespace {

class Scheduled : public testing_support::CommandLineTest {
 protected:
  void AgentHolds() {
    api.Answers("publishEvent", R"({"id":"e1","status":"PENDING",)"
                                R"("scheduledAt":"2026-07-01T07:00:00.000Z","duplicate":false})");
  }
  void AgentLists() {
    api.Answers("listEventStatus", R"({"items":[{"id":"e1","type":"a.b","status":"PENDING",)"
                                   R"("scheduledAt":"2026-07-01T07:00:00.000Z"}],"next":null})");
  }
};

TEST_F(Scheduled, PublishSendsTheMomentInUtc) {
  AgentHolds();
  EXPECT_EQ(Run({"event", "publish", "--type", "a.b", "--at", "2026-07-01T09:00", "--tz",
                 "Europe/Berlin", "-o", "json"}),
            0);
  EXPECT_EQ(api.body().Text("scheduledat"), "2026-07-01T07:00:00.000Z");
  EXPECT_EQ(OutJson().Text("status"), "PENDING");
}

TEST_F(Scheduled, PublishRefusesATimeThatIsNotClear) {
  EXPECT_EQ(Run("event publish --type a.b --at 2026-07-01T09:00"), 2);
  EXPECT_NE(err().find("--tz"), std::string::npos);
  EXPECT_EQ(Run("event publish --type a.b --at 2026-07-01T09:00:00Z --in 10m"), 2);
}

TEST_F(Scheduled, ListAsksForWhatWaits) {
  AgentLists();
  EXPECT_EQ(Run("event list --scheduled --type a.*"), 0);
  EXPECT_EQ(api.Query("scheduled"), "true");
  EXPECT_EQ(api.Query("type"), "a.*");
  EXPECT_EQ(api.Query("status"), "PENDING");
  EXPECT_NE(out().find("2026-07-01T07:00:00.000Z"), std::string::npos);
}

TEST_F(Scheduled, ListTakesTheStatusesNamed) {
  AgentLists();
  EXPECT_EQ(Run("event list --scheduled --status cancelled"), 0);
  EXPECT_EQ(api.Query("status"), "cancelled");
  EXPECT_EQ(Run("event list --status cancelled"), 2);
  EXPECT_EQ(Run("event list --scheduled --after 1-2"), 2);
}

TEST_F(Scheduled, CancelNamesTheEvent) {
  api.Answers("cancelEvent", R"({"id":"e/1","status":"CANCELLED"})");
  EXPECT_EQ(Run("event cancel e/1 --source /s"), 0);
  EXPECT_EQ(api.last().path.at("id"), "e/1");
  EXPECT_EQ(api.Query("source"), "/s");
  EXPECT_EQ(Run("event cancel"), 2);
}

TEST_F(Scheduled, CancelOfWhatIsSentIsAConflict) {
  api.Refuses("cancelEvent", Fail(Errc::kConflict, "It is sent."));
  EXPECT_EQ(Run("event cancel e1"), 5);
}

TEST_F(Scheduled, RetrySaysHowManyAreTried) {
  api.Answers("retryEvent", R"({"id":"e1","status":"PROCESSING","retried":2})");
  EXPECT_EQ(Run("event retry e1 -o json"), 0);
  EXPECT_EQ(OutJson().Text("retried"), "2");
  api.Refuses("retryEvent", Fail(Errc::kConflict, "Nothing failed."));
  EXPECT_EQ(Run("event retry e1"), 5);
}

TEST_F(Scheduled, StatusShowsWhereAnEventStands) {
  api.Answers("getEventStatus",
              R"({"id":"e1","status":"FAILED","position":{"epoch":7,"sequence":3},)"
              R"("notifications":2,"deliveries":{"FAILED":2}})");
  EXPECT_EQ(Run("event status e1"), 0);
  EXPECT_NE(out().find("FAILED"), std::string::npos);
}

TEST_F(Scheduled, MetricsPassTheRange) {
  api.Answers("getEventMetrics", R"({"since":"s","until":"u","events":{"accepted":5}})");
  EXPECT_EQ(Run("event metrics --since 24h -o json"), 0);
  EXPECT_EQ(api.Query("since"), "24h");
}

TEST_F(Scheduled, ADryRunSendsNothing) {
  EXPECT_EQ(Run("event cancel e1 --dry-run"), 0);
  EXPECT_EQ(Run("event retry e1 --dry-run"), 0);
  EXPECT_NE(out().find("/api/events/retry/e1"), std::string::npos);
}

}  // namespace
}  // namespace notify::cli::event
