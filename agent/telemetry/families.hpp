#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace notify::agent::telemetry {

/// Every metric family, in the order of `/metrics` and of docs/metrics.md.
enum class FamilyId {
  kHttpRequests,
  kHttpRequestSeconds,
  kHttpErrors,
  kRefusals,
  kConnections,
  kConnectionsNearLimit,
  kUsersOnline,
  kEventsIn,
  kEventsOut,
  kEventsWaiting,
  kCommitBatchEvents,
  kCommitSeconds,
  kRenderSeconds,
  kBytesIn,
  kBytesOut,
  kDedupeHorizonSeconds,
  kLogBytes,
  kEventsExpired,
  kDiskFreeBytes,
  kDiskLevel,
  kHubMessages,
  kHubInvocations,
  kGatewayRequests,
  kGatewayEventsNotStored,
  kNotificationsSent,
  kNotificationsDelivered,
  kConsumerLag,
  kConsumerInFlight,
  kConsumerEvents,
  kEventsScheduled,
  kScheduledEventsSent,
  kScheduledEventsLateSeconds,
  kBuildInfo,
  kProcessResidentMemoryBytes,
  kProcessCpuSeconds,
  kProcessOpenFds,
  kProcessStartTimeSeconds,
  kProcessThreads,
};

enum class FamilyType {
  kCounter,         ///< Only rises, from 0 at the start of the process.
  kGauge,           ///< Rises and falls.
  kTimeHistogram,   ///< Observes nanoseconds, shown in seconds.
  kCountHistogram,  ///< Observes whole numbers.
};

/// How many label names a family may have.
inline constexpr std::size_t kMaxLabels = 4;
/// The value of label `tenant` for tenants beyond the bound, and of every label of a family that
/// has too many series.
inline constexpr std::string_view kOther = "other";

/// One row of the table of families.
struct FamilyInfo {
  FamilyId id;
  std::string_view name;
  FamilyType type;
  std::string_view help;                            ///< One sentence, without its full stop.
  std::array<std::string_view, kMaxLabels> labels;  ///< Label names, then empty ones.
  bool sums = true;  ///< Off: a sum over tenants says nothing, so there is no row for `other`.

  constexpr std::size_t LabelCount() const {
    std::size_t count = 0;
    while (count < labels.size() && !labels[count].empty()) ++count;
    return count;
  }
  /// Where label `tenant` is, if the family has it.
  constexpr std::optional<std::size_t> TenantLabel() const {
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (labels[i] == "tenant") return i;
    }
    return std::nullopt;
  }
  constexpr bool IsHistogram() const {
    return type == FamilyType::kTimeHistogram || type == FamilyType::kCountHistogram;
  }
  /// How many series a family may have before new label values are counted under `other`.
  constexpr std::size_t MaxSeries() const { return IsHistogram() ? 500 : 10'000; }
};

/// The one table. No label ever carries an end user's id, an address or text of a caller.
/// Source: contract 9; the names without `notify_` are those of the sources' rule files.
inline constexpr auto kFamilies = std::to_array<FamilyInfo>({
    {FamilyId::kHttpRequests,
     "notify_http_requests_total",
     FamilyType::kCounter,
     "HTTP requests answered",
     {"route", "method", "status", "tenant"}},
    {FamilyId::kHttpRequestSeconds,
     "notify_http_request_seconds",
     FamilyType::kTimeHistogram,
     "Time from the end of a request's head to the end of its answer",
     {"route"}},
    {FamilyId::kHttpErrors,
     "notify_http_errors_total",
     FamilyType::kCounter,
     "HTTP requests answered with problem+json, by its code",
     {"code", "tenant"}},
    {FamilyId::kRefusals,
     "notify_refusals_total",
     FamilyType::kCounter,
     "Requests, invocations and joins refused, by the code of the refusal",
     {"reason", "tenant"}},
    {FamilyId::kConnections,
     "notify_connections",
     FamilyType::kGauge,
     "Open streaming connections",
     {"tenant", "transport"}},
    {FamilyId::kConnectionsNearLimit,
     "notify_connections_near_limit_total",
     FamilyType::kCounter,
     "Streaming connections that were accepted at or above a soft limit: of the `tenant`, the "
     "`user` or the `address`",
     {"tenant", "limit"}},
    {FamilyId::kUsersOnline,
     "notify_users_online",
     FamilyType::kGauge,
     "Users with a streaming connection, or who had one within `hub.presence_grace`",
     {"tenant"}},
    {FamilyId::kEventsIn,
     "notify_events_in_total",
     FamilyType::kCounter,
     "Events that entered the log, acknowledged",
     {"tenant"}},
    {FamilyId::kEventsOut,
     "notify_events_out_total",
     FamilyType::kCounter,
     "Events handed to a subscriber's connection",
     {"tenant", "transport"}},
    {FamilyId::kEventsWaiting,
     "notify_events_waiting",
     FamilyType::kGauge,
     "Events accepted and waiting for their commit",
     {"tenant"}},
    {FamilyId::kCommitBatchEvents,
     "notify_commit_batch_events",
     FamilyType::kCountHistogram,
     "Events in one commit of the log",
     {}},
    {FamilyId::kCommitSeconds,
     "notify_commit_seconds",
     FamilyType::kTimeHistogram,
     "Time of one commit of the log, the disk's flush included",
     {}},
    {FamilyId::kRenderSeconds,
     "notify_render_seconds",
     FamilyType::kTimeHistogram,
     "Time to render one template",
     {}},
    {FamilyId::kBytesIn,
     "notify_bytes_in_total",
     FamilyType::kCounter,
     "Bytes of bodies and messages received",
     {"tenant"}},
    {FamilyId::kBytesOut,
     "notify_bytes_out_total",
     FamilyType::kCounter,
     "Bytes of bodies and messages sent",
     {"tenant"}},
    {FamilyId::kDedupeHorizonSeconds,
     "notify_dedupe_horizon_seconds",
     FamilyType::kGauge,
     "How far back a repeated event id is recognised",
     {"tenant"},
     false},
    {FamilyId::kLogBytes,
     "notify_log_bytes",
     FamilyType::kGauge,
     "Bytes of a tenant's events in its segments",
     {"tenant"}},
    {FamilyId::kEventsExpired,
     "notify_events_expired_total",
     FamilyType::kCounter,
     "Events that retention removed",
     {"tenant"}},
    {FamilyId::kDiskFreeBytes,
     "notify_disk_free_bytes",
     FamilyType::kGauge,
     "Bytes that are free on the disk of the data folder",
     {}},
    {FamilyId::kDiskLevel,
     "notify_disk_level",
     FamilyType::kGauge,
     "How full that disk is: 0 fine, 1 above the low watermark, 2 above the high one, 3 only the "
     "reserve is left",
     {}},
    {FamilyId::kHubMessages,
     "notify_hub_messages_total",
     FamilyType::kCounter,
     "Hub protocol messages, direction `in` or `out`",
     {"tenant", "direction"}},
    {FamilyId::kHubInvocations,
     "notify_hub_invocations_total",
     FamilyType::kCounter,
     "Calls of hub methods, result `done`, `failed` (the method's own error), `refused` (the role "
     "or `hub.methods`) or `limited` (the rate)",
     {"tenant", "method", "result"}},
    {FamilyId::kGatewayRequests,
     "notify_gateway_requests_total",
     FamilyType::kCounter,
     "Requests passed to an upstream, by its answer's status",
     {"route", "status", "tenant"}},
    {FamilyId::kGatewayEventsNotStored,
     "notify_gateway_events_not_stored_total",
     FamilyType::kCounter,
     "Answers of upstreams that passed without their event, by the error",
     {"route", "code", "tenant"}},
    {FamilyId::kNotificationsSent,
     "notifications_sent_total",
     FamilyType::kCounter,
     "Notifications handed to a channel",
     {"tenant", "channel"}},
    {FamilyId::kNotificationsDelivered,
     "notifications_delivered_total",
     FamilyType::kCounter,
     "Deliveries that came to an end, by its status",
     {"tenant", "status"}},
    {FamilyId::kConsumerLag,
     "notify_consumer_lag",
     FamilyType::kGauge,
     "Events of the log that durable consumers have not acknowledged or passed over, of all "
     "consumers of the tenant together",
     {"tenant"}},
    {FamilyId::kConsumerInFlight,
     "notify_consumer_in_flight",
     FamilyType::kGauge,
     "Events handed out by durable consumers and not acknowledged",
     {"tenant"}},
    {FamilyId::kConsumerEvents,
     "notify_consumer_events_total",
     FamilyType::kCounter,
     "What became of events of durable consumers: `delivered`, `redelivered`, `acknowledged`, "
     "`refused`, `timed_out`, `dead_lettered`",
     {"tenant", "outcome"}},
    {FamilyId::kEventsScheduled,
     "notify_events_scheduled",
     FamilyType::kGauge,
     "Scheduled events that wait for their time, of tenants that were looked at since the start",
     {"tenant"}},
    {FamilyId::kScheduledEventsSent,
     "notify_scheduled_events_sent_total",
     FamilyType::kCounter,
     "Scheduled events that entered the log",
     {"tenant"}},
    {FamilyId::kScheduledEventsLateSeconds,
     "notify_scheduled_events_late_seconds",
     FamilyType::kTimeHistogram,
     "Time from a scheduled event's time to its entry into the log",
     {}},
    {FamilyId::kBuildInfo,
     "notify_build_info",
     FamilyType::kGauge,
     "Always 1, the version is the label",
     {"version"}},
    {FamilyId::kProcessResidentMemoryBytes,
     "process_resident_memory_bytes",
     FamilyType::kGauge,
     "Resident memory in bytes",
     {}},
    {FamilyId::kProcessCpuSeconds,
     "process_cpu_seconds_total",
     FamilyType::kCounter,
     "User and system CPU time in seconds",
     {}},
    {FamilyId::kProcessOpenFds,
     "process_open_fds",
     FamilyType::kGauge,
     "Open file descriptors",
     {}},
    {FamilyId::kProcessStartTimeSeconds,
     "process_start_time_seconds",
     FamilyType::kGauge,
     "Start of the process since the Unix epoch in seconds",
     {}},
    {FamilyId::kProcessThreads,
     "process_threads",
     FamilyType::kGauge,
     "Threads of the process",
     {}},
});

/// The row of a family.
constexpr const FamilyInfo& Describe(FamilyId id) {
  return kFamilies[static_cast<std::size_t>(id)];
}

/// Whether the family's value is read when `/metrics` is asked for, and counted nowhere.
constexpr bool IsReadAtScrape(FamilyId id) { return id >= FamilyId::kBuildInfo; }

/// `counter`, `gauge` or `histogram`: the word of the text format.
constexpr std::string_view TypeName(FamilyType type) {
  switch (type) {
    case FamilyType::kCounter:
      return "counter";
    case FamilyType::kGauge:
      return "gauge";
    case FamilyType::kTimeHistogram:
    case FamilyType::kCountHistogram:
      return "histogram";
  }
  return "untyped";
}

}  // namespace notify::agent::telemetry
