// What one increment costs: ours, one without a shard, and an atomic that all threads share.
#include <benchmark/benchmark.h>

#include <atomic>
#include <optional>

#include "agent/telemetry/exposition.hpp"
#include "agent/telemetry/metrics.hpp"

namespace {

using notify::TenantId;
using notify::agent::telemetry::Counter;
using notify::agent::telemetry::CountHistogram;
using notify::agent::telemetry::Exposition;
using notify::agent::telemetry::Metrics;
using notify::agent::telemetry::ThreadShard;
using notify::agent::telemetry::TimeHistogram;

Metrics& SharedMetrics() {
  static Metrics metrics({});
  return metrics;
}

TenantId Blue() { return TenantId::Parse("blue").value(); }

void IncrementSharded(benchmark::State& state) {
  const ThreadShard shard(SharedMetrics().cells());
  const Counter counter = SharedMetrics().events_in.For(Blue());
  for (auto _ : state) {
    counter.Add();
    benchmark::ClobberMemory();
  }
}

void IncrementWithoutShard(benchmark::State& state) {
  const Counter counter = SharedMetrics().events_in.For(Blue());
  for (auto _ : state) {
    counter.Add();
    benchmark::ClobberMemory();
  }
}

void IncrementSharedAtomic(benchmark::State& state) {
  static std::atomic<std::uint64_t> shared{0};
  for (auto _ : state) {
    shared.fetch_add(1, std::memory_order_relaxed);
    benchmark::ClobberMemory();
  }
}

void ObserveTime(benchmark::State& state) {
  const ThreadShard shard(SharedMetrics().cells());
  const TimeHistogram histogram = SharedMetrics().commit_seconds.For();
  std::int64_t value = 1;
  for (auto _ : state) {
    histogram.Observe(std::chrono::nanoseconds(value));
    // Spreads over all buckets, in an order that no branch predictor learns.
    value = (value * 1'103'515'245 + 12'345) & 0x3'FFFF'FFFF;
  }
}

void ObserveCount(benchmark::State& state) {
  const ThreadShard shard(SharedMetrics().cells());
  const CountHistogram histogram = SharedMetrics().commit_batch_events.For();
  std::uint64_t value = 1;
  for (auto _ : state) {
    histogram.Observe(value);
    value = (value * 1'103'515'245 + 12'345) & 0xFFFF;
  }
}

void LookUpFourLabels(benchmark::State& state) {
  const ThreadShard shard(SharedMetrics().cells());
  const TenantId blue = Blue();
  for (auto _ : state) {
    SharedMetrics().http_requests.For("/api/events/publish", "POST", 202, blue).Add();
  }
}

void LookUpTenantBeyondTheBound(benchmark::State& state) {
  Metrics metrics({.max_tenants = 0});
  const TenantId blue = Blue();
  for (auto _ : state) metrics.events_in.For(blue).Add();
}

void ExposeFiveHundredTenants(benchmark::State& state) {
  Metrics metrics({});
  for (int i = 0; i < 500; ++i) {
    const TenantId tenant = TenantId::Parse("t-" + std::to_string(i)).value();
    metrics.events_in.For(tenant).Add();
    metrics.bytes_in.For(tenant).Add();
    metrics.connections.For(tenant, "websocket").Add();
    metrics.http_requests.For("/api/events/publish", "POST", 202, tenant).Add();
  }
  for (auto _ : state) benchmark::DoNotOptimize(Exposition(metrics, std::nullopt));
}

BENCHMARK(IncrementSharded)->ThreadRange(1, 2);
BENCHMARK(IncrementWithoutShard)->ThreadRange(1, 2);
BENCHMARK(IncrementSharedAtomic)->ThreadRange(1, 2);
BENCHMARK(ObserveTime)->ThreadRange(1, 2);
BENCHMARK(ObserveCount)->ThreadRange(1, 2);
BENCHMARK(LookUpFourLabels)->ThreadRange(1, 2);
BENCHMARK(LookUpTenantBeyondTheBound);
BENCHMARK(ExposeFiveHundredTenants)->Unit(benchmark::kMicrosecond);

}  // namespace
