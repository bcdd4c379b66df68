#include "agent/projection/metrics_projection.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/projection/metrics_entry.hpp"
#include "agent/projection/tables.hpp"
#include "common/log.hpp"

namespace notify::agent::projection {
namespace {

constexpr std::size_t kPageBytes = 256 * 1024;
constexpr std::int64_t kMinuteMs = 60'000;

std::int64_t FirstMinute(const MetricQuery& query) {
  return query.since_ms ? *query.since_ms / kMinuteMs : std::numeric_limits<std::int64_t>::min();
}

// The first minute behind the query's.
std::int64_t EndMinute(const MetricQuery& query) {
  if (!query.until_ms) return std::numeric_limits<std::int64_t>::max();
  return (*query.until_ms + kMinuteMs - 1) / kMinuteMs;
}

}  // namespace

MetricsProjection::MetricsProjection(async::Runtime& runtime, EventSource& events,
                                     store::TenantDatabases& databases, Options options)
    : runtime_(runtime),
      events_(events),
      databases_(databases),
      options_(options),
      tasks_(runtime.platform()) {}

MetricsProjection::~MetricsProjection() = default;

Result<MetricQuery> ParseMetricQuery(std::string_view metric, std::string_view by) {
  const auto known = MetricFromName(metric);
  if (!known) {
    return Fail(Errc::kInvalidArgument, "There is no metric '" + std::string(metric) + "'.",
                "There are events, notifications and deliveries.");
  }
  MetricQuery query;
  query.metric = *known;
  while (!by.empty()) {
    const std::size_t end = std::min(by.find(','), by.size());
    const std::string_view word = by.substr(0, end);
    by.remove_prefix(std::min(end + 1, by.size()));
    if (word == "tenant") {
      query.by_tenant = true;
    } else if (word == KeyName(*known)) {
      query.by_key = true;
    } else {
      return Fail(Errc::kInvalidArgument,
                  "'" + std::string(metric) + "' is not counted by '" + std::string(word) + "'.",
                  "It can be by tenant and by " + std::string(KeyName(*known)) + ".");
    }
  }
  return query;
}

void MetricsProjection::HeadMoved(const TenantHandle& tenant, Position) {
  if (tasks_.stopping()) return;
  Entry& entry = EntryOf(tenant);
  entry.behind = true;
  Queue(entry);
}

MetricsProjection::Entry& MetricsProjection::EntryOf(const TenantHandle& tenant) {
  auto& entry = entries_[tenant.id()];
  if (entry == nullptr) entry = std::make_unique<Entry>(tenant);
  return *entry;
}

void MetricsProjection::Queue(Entry& entry) {
  if (entry.running || entry.queued || entry.let_go || tasks_.stopping()) return;
  entry.queued = true;
  ready_.push_back(&entry);
  Pump();
}

void MetricsProjection::Pump() {
  while (pulls_ < options_.busy_tenants && !ready_.empty() && !tasks_.stopping()) {
    Entry& entry = *ready_.front();
    ready_.pop_front();
    entry.queued = false;
    entry.running = true;
    ++pulls_;
    tasks_.Spawn(RunPull(entry));
  }
}

async::Task<void> MetricsProjection::RunPull(Entry& entry) {
  entry.last = co_await Pull(entry);
  entry.running = false;
  --pulls_;
  if (!entry.last) {
    log::Warning("Metrics of tenant {TenantId} cannot be counted: {Reason}",
                 {{"TenantId", entry.tenant.id()}, {"Reason", entry.last.error().detail}});
  } else if (entry.behind || entry.next) {
    Queue(entry);
  }
  Arm(entry);
  entry.progress.Notify();
  Pump();
}

async::Task<Status> MetricsProjection::Pull(Entry& entry) {
  if (auto loaded = Load(entry); !loaded) co_return loaded;
  if (entry.behind) {
    if (auto pulled = co_await PullServing(entry); !pulled) co_return pulled;
  }
  if (!entry.next) co_return Status();
  co_return co_await PullNext(entry);
}

async::Task<Status> MetricsProjection::PullServing(Entry& entry) {
  entry.behind = false;
  auto page = co_await events_.Read(entry.tenant, entry.position, kPageBytes);
  if (!page) {
    entry.behind = true;
    co_return page.error();
  }
  if (page->gap && page->gap->reason == Gap::Reason::kEpoch) {
    // Another log began: what was counted belongs to the one before.
    auto state = databases_.Open(entry.tenant, kProjectionSchema);
    if (!state) co_return state.error();
    for (const auto snapshot : {Snapshot::kServing, Snapshot::kNext}) {
      if (auto dropped = DropSnapshot(**state, snapshot); !dropped) co_return dropped;
    }
    entry.counts.Clear();
    entry.position = page->gap->resumed_after;
    entry.next.reset();
  }
  for (const BatchPtr& batch : page->batches) entry.counts.Add(*batch, entry.position);
  entry.position = page->after;
  entry.behind = entry.behind || !page->at_head;
  const bool full = entry.counts.events() >= options_.snapshot_events ||
                    entry.counts.keys() >= options_.snapshot_keys ||
                    runtime_.clock().Now() - entry.snapshot_at >= options_.snapshot_every;
  co_return full ? TakeSnapshot(entry) : Status();
}

async::Task<Status> MetricsProjection::PullNext(Entry& entry) {
  auto page = co_await events_.Read(entry.tenant, entry.next->position, kPageBytes);
  if (!page) co_return page.error();
  Entry::Next& next = *entry.next;
  for (const BatchPtr& batch : page->batches) next.counts.Add(*batch, next.position);
  next.position = page->after;
  const bool done = next.position >= entry.position;
  const bool full = next.counts.events() >= options_.snapshot_events ||
                    next.counts.keys() >= options_.snapshot_keys;
  if (!done && !full) co_return Status();
  auto state = databases_.Open(entry.tenant, kProjectionSchema);
  if (!state) co_return state.error();
  auto written = WriteSnapshot(**state, Snapshot::kNext, next.counts, next.position);
  if (!written) co_return written;
  next.counts.Clear();
  co_return done ? Swap(entry) : Status();
}

Status MetricsProjection::Swap(Entry& entry) {
  auto state = databases_.Open(entry.tenant, kProjectionSchema);
  if (!state) return state.error();
  if (auto swapped = SwapSnapshots(**state); !swapped) return swapped;
  entry.position = entry.next->position;
  entry.counts.Clear();
  entry.snapshot_at = runtime_.clock().Now();
  entry.next.reset();
  return {};
}

Status MetricsProjection::Load(Entry& entry) {
  if (entry.loaded) return {};
  auto state = databases_.Open(entry.tenant, kProjectionSchema);
  if (!state) return state.error();
  auto position = SnapshotPosition(**state, Snapshot::kServing);
  if (!position) return position.error();
  auto next = SnapshotPosition(**state, Snapshot::kNext);
  if (!next) return next.error();
  entry.position = position->value_or(Position{});
  if (*next) entry.next = Entry::Next{**next, {}};
  entry.snapshot_at = runtime_.clock().Now();
  entry.loaded = true;
  return {};
}

Status MetricsProjection::TakeSnapshot(Entry& entry) {
  if (entry.counts.empty()) return {};
  auto state = databases_.Open(entry.tenant, kProjectionSchema);
  if (!state) return state.error();
  if (auto written = WriteSnapshot(**state, Snapshot::kServing, entry.counts, entry.position);
      !written) {
    return written;
  }
  entry.counts.Clear();
  entry.snapshot_at = runtime_.clock().Now();
  return {};
}

void MetricsProjection::Arm(Entry& entry) {
  if (entry.armed || entry.let_go || tasks_.stopping()) return;
  entry.armed = true;
  entry.timer = runtime_.platform_timers().After(
      options_.snapshot_every, [this, tenant = entry.tenant.id()] { OnTimer(tenant); });
}

void MetricsProjection::OnTimer(const TenantId& tenant) {
  const auto found = entries_.find(tenant);
  if (found == entries_.end()) return;
  Entry& entry = *found->second;
  entry.armed = false;
  if (!entry.last) {
    entry.behind = true;
    Queue(entry);
  } else if (entry.running || entry.queued || entry.behind || entry.next || entry.waiting > 0) {
    Arm(entry);
  } else if (TakeSnapshot(entry)) {
    entries_.erase(found);
  } else {
    Arm(entry);
  }
}

async::Task<Status> MetricsProjection::CatchUp(TenantHandle tenant) {
  auto head = co_await events_.Head(tenant);
  if (!head) co_return head.error();
  const Position target{head->epoch, head->last};
  Entry& entry = EntryOf(tenant);
  ++entry.waiting;
  Status status;
  bool first = true;
  while (first || entry.position < target) {
    first = false;
    if (tasks_.stopping() || entry.let_go) {
      status = Fail(Errc::kUnavailable, "The agent is stopping.");
      break;
    }
    entry.behind = true;
    Queue(entry);
    co_await entry.progress.Wait();
    if (!entry.last && !entry.running && !entry.queued) {
      status = entry.last;
      break;
    }
  }
  --entry.waiting;
  // Whoever lets the tenant go waits for this one, too.
  entry.progress.Notify();
  co_return status;
}

async::Task<Result<std::string>> MetricsProjection::Query(std::vector<TenantHandle> tenants,
                                                          MetricQuery query) {
  async::RunOn here(runtime_.platform(), QueryHere(std::move(tenants), query));
  co_return co_await here;
}

async::Task<Result<std::string>> MetricsProjection::QueryHere(std::vector<TenantHandle> tenants,
                                                              MetricQuery query) {
  std::map<std::pair<std::string, std::string>, std::uint64_t> rows;
  for (const TenantHandle& tenant : tenants) {
    auto caught_up = co_await CatchUp(tenant);
    if (!caught_up) co_return caught_up.error();
    Sums sums;
    if (auto summed = SumOf(tenant, query, sums); !summed) co_return summed.error();
    for (const auto& [key, value] : sums) {
      rows[{query.by_tenant ? tenant.id().text() : std::string(),
            query.by_key ? key : std::string()}] += value;
    }
  }
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const auto& [name, value] : rows) {
    nlohmann::ordered_json row;
    if (query.by_tenant) row["tenant"] = name.first;
    if (query.by_key) row[std::string(KeyName(query.metric))] = name.second;
    row["value"] = value;
    list.push_back(std::move(row));
  }
  const nlohmann::ordered_json shown = {{"metric", MetricName(query.metric)}, {"rows", list}};
  co_return shown.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Status MetricsProjection::SumOf(const TenantHandle& tenant, const MetricQuery& query, Sums& sums) {
  const std::int64_t first = FirstMinute(query);
  const std::int64_t end = EndMinute(query);
  auto state = databases_.Open(tenant, kProjectionSchema);
  if (!state) return state.error();
  if (auto summed = SumSnapshot(**state, query.metric, first, end, sums); !summed) return summed;
  EntryOf(tenant).counts.SumInto(query.metric, first, end, sums);
  return {};
}

async::Task<void> MetricsProjection::LetGo(TenantHandle tenant) {
  if (tenant.record().state != TenantState::kDeleting) co_return;
  const auto found = entries_.find(tenant.id());
  if (found == entries_.end()) co_return;
  Entry& entry = *found->second;
  entry.let_go = true;
  if (std::erase(ready_, &entry) > 0) entry.queued = false;
  runtime_.platform_timers().Cancel(entry.timer);
  entry.progress.Notify();
  while (entry.running || entry.waiting > 0) co_await entry.progress.Wait();
  databases_.Close(tenant);
  entries_.erase(tenant.id());
}

async::Task<void> MetricsProjection::Stop() {
  tasks_.RequestStop();
  ready_.clear();
  for (auto& [id, entry] : entries_) {
    runtime_.platform_timers().Cancel(entry->timer);
    entry->queued = false;
    entry->progress.Notify();
  }
  co_await tasks_.Stop();
}

}  // namespace notify::agent::projection
