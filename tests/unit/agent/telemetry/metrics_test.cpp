#include "agent/telemetry/metrics.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "tests/unit/agent/telemetry/exposed.hpp"

namespace notify::agent::telemetry {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

TEST(Metrics, CountByTenant) {
  Metrics metrics({});
  metrics.events_in.For(Tenant("blue")).Add(3);
  metrics.events_in.For(Tenant("green")).Add();
  EXPECT_EQ(Exposed(metrics, "notify_events_in_total{tenant=\"blue\"}"), "3");
  EXPECT_EQ(Exposed(metrics, "notify_events_in_total{tenant=\"green\"}"), "1");
}

TEST(Metrics, AnswerTheSameSeriesForTheSameLabels) {
  Metrics metrics({});
  metrics.http_requests.For("/api/events", "GET", 200, Tenant("blue")).Add();
  metrics.http_requests.For("/api/events", "GET", 200, Tenant("blue")).Add();
  EXPECT_EQ(Exposed(metrics,
                    "notify_http_requests_total{route=\"/api/events\",method=\"GET\","
                    "status=\"200\",tenant=\"blue\"}"),
            "2");
}

TEST(Metrics, NameErrorsByTheirCode) {
  Metrics metrics({});
  metrics.refusals.For(Errc::kTenantMismatch, Tenant("blue")).Add();
  metrics.http_errors.For(Errc::kNotFound, TenantId()).Add();
  const std::string code(notify::Describe(Errc::kTenantMismatch).name);
  EXPECT_EQ(Exposed(metrics, "notify_refusals_total{reason=\"" + code + "\",tenant=\"blue\"}"),
            "1");
  EXPECT_EQ(
      Exposed(metrics, "notify_http_errors_total{code=\"" +
                           std::string(notify::Describe(Errc::kNotFound).name) + "\",tenant=\"\"}"),
      "1");
}

TEST(Metrics, SumTenantsBeyondTheBoundUnderOther) {
  Metrics metrics({.max_tenants = 2});
  for (const auto* name : {"a", "b", "c", "d", "a"}) metrics.events_in.For(Tenant(name)).Add();
  EXPECT_EQ(Exposed(metrics, "notify_events_in_total{tenant=\"a\"}"), "2");
  EXPECT_EQ(Exposed(metrics, "notify_events_in_total{tenant=\"c\"}"), "absent");
  EXPECT_EQ(Exposed(metrics, "notify_events_in_total{tenant=\"other\"}"), "2");
}

TEST(Metrics, KnowTheSameTenantsInEveryFamily) {
  Metrics metrics({.max_tenants = 1});
  metrics.events_in.For(Tenant("a")).Add();
  metrics.bytes_in.For(Tenant("b")).Add(5);
  EXPECT_EQ(Exposed(metrics, "notify_bytes_in_total{tenant=\"other\"}"), "5");
}

TEST(Metrics, GiveTheTenantCalledOtherNoRowOfItsOwn) {
  Metrics metrics({.max_tenants = 1});
  metrics.events_in.For(Tenant("other")).Add(1);
  metrics.events_in.For(Tenant("a")).Add(2);
  EXPECT_EQ(Exposed(metrics, "notify_events_in_total{tenant=\"a\"}"), "2");
}

TEST(Metrics, NeverCountNoTenantAsOne) {
  Metrics metrics({.max_tenants = 1});
  metrics.bytes_in.For(TenantId()).Add(4);
  metrics.bytes_in.For(Tenant("a")).Add(5);
  EXPECT_EQ(Exposed(metrics, "notify_bytes_in_total{tenant=\"\"}"), "4");
  EXPECT_EQ(Exposed(metrics, "notify_bytes_in_total{tenant=\"a\"}"), "5");
}

TEST(Metrics, ShowNoSumWhereASumSaysNothing) {
  Metrics metrics({.max_tenants = 1});
  const GaugeShare a(metrics.dedupe_horizon_seconds.For(Tenant("a")), 60);
  const GaugeShare b(metrics.dedupe_horizon_seconds.For(Tenant("b")), 90);
  EXPECT_EQ(Exposed(metrics, "notify_dedupe_horizon_seconds{tenant=\"a\"}"), "60");
  EXPECT_EQ(Exposed(metrics, "notify_dedupe_horizon_seconds{tenant=\"other\"}"), "absent");
}

TEST(Metrics, BoundTheSeriesOfAFamily) {
  Metrics metrics({});
  const std::size_t bound = Describe(FamilyId::kHttpRequestSeconds).MaxSeries();
  for (std::size_t i = 0; i < bound + 2; ++i) {
    metrics.http_request_seconds.For("/" + std::to_string(i)).Observe(milliseconds(1));
  }
  EXPECT_EQ(metrics.registry().series(FamilyId::kHttpRequestSeconds).size(), bound + 1);
  EXPECT_EQ(Exposed(metrics, "notify_http_request_seconds_count{route=\"other\"}"), "2");
}

TEST(Gauge, FallsAsItRose) {
  Metrics metrics({});
  const Gauge open = metrics.connections.For(Tenant("blue"), "websocket");
  open.Add(3);
  open.Subtract(5);
  EXPECT_EQ(Exposed(metrics, "notify_connections{tenant=\"blue\",transport=\"websocket\"}"), "-2");
}

TEST(Gauge, AddsUpWhatThreadsTookAwayFromEachOther) {
  Metrics metrics({});
  const Gauge open = metrics.connections.For(Tenant("blue"), "sse");
  std::thread([&] {
    const ThreadShard s(metrics.cells());
    open.Add(2);
  }).join();
  open.Subtract(1);
  EXPECT_EQ(Exposed(metrics, "notify_connections{tenant=\"blue\",transport=\"sse\"}"), "1");
}

TEST(GaugeShare, SetsItsNumberAndTakesItAwayAtItsEnd) {
  Metrics metrics({});
  const Gauge waiting = metrics.events_waiting.For(Tenant("blue"));
  const GaugeShare stays(waiting, 1);
  {
    GaugeShare goes(waiting);
    goes.Set(7);
    goes.Set(4);
    EXPECT_EQ(Exposed(metrics, "notify_events_waiting{tenant=\"blue\"}"), "5");
  }
  EXPECT_EQ(Exposed(metrics, "notify_events_waiting{tenant=\"blue\"}"), "1");
}

TEST(GaugeShare, CountsOnceWhenMoved) {
  Metrics metrics({});
  const Gauge waiting = metrics.events_waiting.For(Tenant("blue"));
  GaugeShare first(waiting, 2);
  GaugeShare second(std::move(first));
  GaugeShare third(waiting, 10);
  third = std::move(second);
  EXPECT_EQ(Exposed(metrics, "notify_events_waiting{tenant=\"blue\"}"), "2");
}

TEST(TimeHistogram, SortsDurationsAndSumsThem) {
  Metrics metrics({});
  const TimeHistogram commit = metrics.commit_seconds.For();
  commit.Observe(milliseconds(1));
  commit.Observe(milliseconds(3));
  commit.Observe(std::chrono::seconds(60));
  EXPECT_EQ(Exposed(metrics, "notify_commit_seconds_bucket{le=\"0.001\"}"), "1");
  EXPECT_EQ(Exposed(metrics, "notify_commit_seconds_bucket{le=\"0.005\"}"), "2");
  EXPECT_EQ(Exposed(metrics, "notify_commit_seconds_bucket{le=\"10\"}"), "2");
  EXPECT_EQ(Exposed(metrics, "notify_commit_seconds_bucket{le=\"+Inf\"}"), "3");
  EXPECT_EQ(Exposed(metrics, "notify_commit_seconds_sum"), "60.004");
  EXPECT_EQ(Exposed(metrics, "notify_commit_seconds_count"), "3");
}

TEST(TimeHistogram, TakesANegativeDurationForZero) {
  Metrics metrics({});
  metrics.render_seconds.For().Observe(nanoseconds(-5));
  EXPECT_EQ(Exposed(metrics, "notify_render_seconds_sum"), "0");
  EXPECT_EQ(Exposed(metrics, "notify_render_seconds_count"), "1");
}

TEST(CountHistogram, SortsByPowersOfTwo) {
  Metrics metrics({});
  const ThreadShard shard(metrics.cells());
  metrics.commit_batch_events.For().Observe(1);
  metrics.commit_batch_events.For().Observe(1000);
  EXPECT_EQ(Exposed(metrics, "notify_commit_batch_events_bucket{le=\"1\"}"), "1");
  EXPECT_EQ(Exposed(metrics, "notify_commit_batch_events_bucket{le=\"512\"}"), "1");
  EXPECT_EQ(Exposed(metrics, "notify_commit_batch_events_bucket{le=\"1024\"}"), "2");
  EXPECT_EQ(Exposed(metrics, "notify_commit_batch_events_sum"), "1001");
}

TEST(Metrics, LoseNothingWhileTheyAreReadAndGrow) {
  Metrics metrics({});
  constexpr int kTenants = 200;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      const ThreadShard shard(metrics.cells());
      for (int i = 0; i < kTenants * 10; ++i) {
        metrics.events_in.For(Tenant("t-" + std::to_string(i % kTenants))).Add();
      }
    });
  }
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(Exposition(metrics, std::nullopt).empty());
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Exposed(metrics, "notify_events_in_total{tenant=\"t-0\"}"), "30");
  EXPECT_EQ(Exposed(metrics, "notify_events_in_total{tenant=\"t-199\"}"), "30");
}

}  // namespace
}  // namespace notify::agent::telemetry
