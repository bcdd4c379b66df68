#include "agent/telemetry/exposition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/agent/telemetry/exposed.hpp"

namespace notify::agent::telemetry {
namespace {

using testing::HasSubstr;

constexpr ProcessStats kProcess = {.resident_bytes = 12'345'678,
                                   .cpu_seconds = 1.25,
                                   .start_time_seconds = 1'782'820'800.5,
                                   .threads = 4,
                                   .open_fds = 17};

void CountInEveryFamily(Metrics& metrics) {
  const TenantId blue = Tenant("blue");
  metrics.http_requests.For("/api/events/{id}", "GET", 200, blue).Add();
  metrics.http_request_seconds.For("/api/events/{id}").Observe(std::chrono::milliseconds(2));
  metrics.http_errors.For(Errc::kNotFound, blue).Add();
  metrics.refusals.For(Errc::kForbidden, blue).Add();
  metrics.connections.For(blue, "websocket").Add();
  metrics.connections_near_limit.For(blue, "user").Add();
  metrics.users_online.For(blue).Add();
  metrics.events_in.For(blue).Add();
  metrics.events_out.For(blue, "sse").Add();
  metrics.events_waiting.For(blue).Add();
  metrics.commit_batch_events.For().Observe(3);
  metrics.bytes_in.For(blue).Add(10);
  metrics.bytes_out.For(blue).Add(10);
  metrics.dedupe_horizon_seconds.For(blue).Add(3600);
  metrics.log_bytes.For(blue).Add(1);
  metrics.events_expired.For(blue).Add();
  metrics.hub_messages.For(blue, "in").Add();
  metrics.hub_invocations.For(blue, "Publish", "done").Add();
  metrics.gateway_requests.For("/api/fx/quote", 200, blue).Add();
  metrics.gateway_events_not_stored.For("/api/fx/quote", Errc::kUnavailable, blue).Add();
  metrics.notifications_sent.For(blue, "webhook").Add();
  metrics.notifications_delivered.For(blue, "delivered").Add();
  metrics.consumer_lag.For(blue).Add();
  metrics.consumer_in_flight.For(blue).Add();
  metrics.consumer_events.For(blue, "delivered").Add();
  metrics.events_scheduled.For(blue).Add();
  metrics.scheduled_events_sent.For(blue).Add();
}

TEST(Exposition, NamesEveryFamilyWithItsTypeInTheOrderOfTheTable) {
  const Metrics metrics({});
  const std::string text = Exposition(metrics, kProcess);
  std::size_t last = 0;
  for (const FamilyInfo& family : kFamilies) {
    const std::string line = "# TYPE " + std::string(family.name) + " ";
    const std::size_t at = text.find(line + std::string(TypeName(family.type)) + "\n");
    ASSERT_NE(at, std::string::npos) << line;
    EXPECT_GE(at, last) << line;
    last = at;
  }
}

TEST(Exposition, ShowsASampleOfEveryFamilyThatCounted) {
  Metrics metrics({.version = "0.1.0"});
  CountInEveryFamily(metrics);
  const std::string text = Exposition(metrics, kProcess);
  for (const FamilyInfo& family : kFamilies) {
    const std::string start =
        "\n" + std::string(family.name) + (family.IsHistogram() ? "_sum" : "");
    EXPECT_TRUE(text.find(start + "{") != std::string::npos ||
                text.find(start + " ") != std::string::npos)
        << family.name;
  }
}

TEST(Exposition, ShowsFamiliesWithoutLabelsFromTheStart) {
  const Metrics metrics({});
  EXPECT_EQ(Exposed(metrics, "notify_commit_seconds_count"), "0");
  EXPECT_EQ(Exposed(metrics, "notify_commit_seconds_bucket{le=\"+Inf\"}"), "0");
}

TEST(Exposition, ShowsTheProcessAndTheVersion) {
  const Metrics metrics({.version = "0.1.0"});
  const std::string text = Exposition(metrics, kProcess);
  EXPECT_THAT(text, HasSubstr("\nnotify_build_info{version=\"0.1.0\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("\nprocess_resident_memory_bytes 12345678\n"));
  EXPECT_THAT(text, HasSubstr("\nprocess_cpu_seconds_total 1.25\n"));
  EXPECT_THAT(text, HasSubstr("\nprocess_start_time_seconds 1782820800.5\n"));
  EXPECT_THAT(text, HasSubstr("\nprocess_open_fds 17\n"));
  EXPECT_THAT(text, HasSubstr("\nprocess_threads 4\n"));
}

TEST(Exposition, EscapesLabelValues) {
  Metrics metrics({});
  metrics.http_request_seconds.For("/a\"b\\c\nd").Observe(std::chrono::milliseconds(1));
  EXPECT_EQ(Exposed(metrics, R"(notify_http_request_seconds_count{route="/a\"b\\c\nd"})"), "1");
}

TEST(Exposition, EndsEachLineAndHasNoEmptyOne) {
  const Metrics metrics({});
  const std::string text = Exposition(metrics, std::nullopt);
  EXPECT_TRUE(text.ends_with('\n'));
  EXPECT_EQ(text.find("\n\n"), std::string::npos);
}

TEST(Exposition, PassesPromtool) {
  if (std::system("command -v promtool >/dev/null 2>&1") != 0) {
    GTEST_SKIP() << "promtool is not installed; it is in Debian's package prometheus";
  }
  Metrics metrics({.max_tenants = 1, .version = "0.1.0"});
  CountInEveryFamily(metrics);
  metrics.events_in.For(Tenant("green")).Add();
  metrics.http_request_seconds.For("/odd\"\\\n").Observe(std::chrono::seconds(20));
  const testing_support::TempDir folder;
  const std::string path = folder.path() + "/metrics";
  std::ofstream(path) << Exposition(metrics, kProcess);
  EXPECT_EQ(std::system(("promtool check metrics < " + path + " >&2").c_str()), 0);
}

}  // namespace
}  // namespace notify::agent::telemetry
