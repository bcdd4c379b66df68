#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/async/runtime.hpp"
#include "agent/async/task_group.hpp"
#include "agent/flow/event_source.hpp"
#include "agent/flow/tenant_holder.hpp"
#include "agent/projection/metric_counts.hpp"
#include "agent/store/tenant_database.hpp"

namespace notify::agent::projection {

/// What `GET /api/metrics/query` asks for. Times count by whole minutes: the ones that `since` and
/// `until` lie in belong to it.
struct MetricQuery {
  Metric metric = Metric::kEvents;
  bool by_tenant = false;
  bool by_key = false;  ///< `type`, `channel` or `status`, as the metric has it.
  std::optional<std::int64_t> since_ms;
  std::optional<std::int64_t> until_ms;
};

/// Reads `metric` and `by` (comma-separated). kInvalidArgument names what there is.
Result<MetricQuery> ParseMetricQuery(std::string_view metric, std::string_view by);

/// Counts what is in each tenant's log: a snapshot in state.db and the log after it. A query first
/// reads what is missing, so that its answer holds everything that was acknowledged before it.
///
/// Lifetime: outlives its tasks, because Stop() is awaited before it goes.
/// Threads:  Query and Rebuild from any executor; the rest on the platform executor.
class MetricsProjection final : public EventConsumer, public TenantHolder {
 public:
  struct Options {
    std::uint64_t snapshot_events = 200'000;  ///< A snapshot after so many events,
    std::size_t snapshot_keys = 10'000;       ///< or so many counts in memory,
    Clock::Duration snapshot_every = std::chrono::seconds(10);  ///< or so long after the last one.
    std::size_t busy_tenants = 4;                               ///< Tenants that are read at once.
  };

  MetricsProjection(async::Runtime& runtime, EventSource& events, store::TenantDatabases& databases,
                    Options options);
  ~MetricsProjection() override;
  MetricsProjection(const MetricsProjection&) = delete;
  MetricsProjection& operator=(const MetricsProjection&) = delete;

  void HeadMoved(const TenantHandle& tenant, Position head) override;
  async::Task<void> LetGo(TenantHandle tenant) override;

  /// `{metric, rows: [{tenant?, type?, value}]}` over the tenants, one after another; rows in the
  /// order of their names.
  async::Task<Result<std::string>> Query(std::vector<TenantHandle> tenants, MetricQuery query);

  /// Throws the snapshot away and counts the log again. kConflict where the log no longer begins at
  /// its first event; nothing is thrown away then.
  async::Task<Status> Rebuild(TenantHandle tenant);

  /// Ends reading. What is not yet in a snapshot is counted again after the next start.
  async::Task<void> Stop();

  /// Tenants with counts in memory, for tests.
  std::size_t busy() const { return entries_.size(); }

 private:
  struct Entry;

  async::Task<Result<std::string>> QueryHere(std::vector<TenantHandle> tenants, MetricQuery query);
  async::Task<Status> RebuildHere(TenantHandle tenant);
  async::Task<Status> CatchUp(TenantHandle tenant);
  Status SumOf(const TenantHandle& tenant, const MetricQuery& query, Sums& sums);

  Entry& EntryOf(const TenantHandle& tenant);
  void Queue(Entry& entry);
  void Pump();
  async::Task<void> RunPull(Entry& entry);
  async::Task<Status> Pull(Entry& entry);
  Status Load(Entry& entry);
  Status Snapshot(Entry& entry);
  void Arm(Entry& entry);
  void OnTimer(const TenantId& tenant);

  async::Runtime& runtime_;
  EventSource& events_;
  store::TenantDatabases& databases_;
  const Options options_;
  async::TaskGroup tasks_;
  std::map<TenantId, std::unique_ptr<Entry>> entries_;
  std::deque<Entry*> ready_;
  std::size_t pulls_ = 0;
};

}  // namespace notify::agent::projection
