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
#include "agent/flow/retention_hold.hpp"
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
/// Threads:  calls that give a Task from any executor; the rest on the platform executor.
class MetricsProjection final : public EventConsumer, public TenantHolder, public RetentionHold {
 public:
  struct Options {
    std::uint64_t snapshot_events = 200'000;  ///< A snapshot after so many events,
    std::size_t snapshot_keys = 10'000;       ///< or so many counts in memory,
    Clock::Duration snapshot_every = std::chrono::seconds(60);  ///< or so long after the last one.
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

  /// How it stands, as the API shows a projection: `{name, builtin, status, position, head, …}`.
  /// Goes on with a rebuild that a restart interrupted.
  async::Task<Result<std::string>> Standing(TenantHandle tenant);

  /// Begins to count the log again beside what serves, which goes on until the new counts have
  /// caught up; goes on with one that is under way. Answers as Standing.
  ///
  /// kGap  the log no longer begins at its first event, and `from_retained` is not set.
  async::Task<Result<std::string>> BeginRebuild(TenantHandle tenant, bool from_retained);

  async::Task<Result<std::vector<HeldEvents>>> HeldBy(TenantHandle tenant) override;

  /// Ends reading. What is not yet in a snapshot is counted again after the next start.
  async::Task<void> Stop();

  /// Tenants with counts in memory, for tests.
  std::size_t busy() const { return entries_.size(); }

 private:
  struct Entry;

  async::Task<Result<std::string>> QueryHere(std::vector<TenantHandle> tenants, MetricQuery query);
  async::Task<Result<std::string>> StandingHere(TenantHandle tenant);
  async::Task<Result<std::string>> RebuildHere(TenantHandle tenant, bool from_retained);
  async::Task<Status> CatchUp(TenantHandle tenant);
  Status SumOf(const TenantHandle& tenant, const MetricQuery& query, Sums& sums);

  Entry& EntryOf(const TenantHandle& tenant);
  void Queue(Entry& entry);
  void Pump();
  async::Task<void> RunPull(Entry& entry);
  async::Task<Status> Pull(Entry& entry);
  async::Task<Status> PullServing(Entry& entry);
  async::Task<Status> PullNext(Entry& entry);
  Status Swap(Entry& entry);
  Status Load(Entry& entry);
  Status TakeSnapshot(Entry& entry);
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
