#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "agent/telemetry/cells.hpp"
#include "agent/telemetry/families.hpp"
#include "agent/telemetry/family.hpp"
#include "agent/telemetry/registry.hpp"
#include "common/errc.hpp"
#include "common/ids.hpp"

namespace notify::agent::telemetry {

struct MetricsOptions {
  std::size_t max_tenants = 500;  ///< With a label of their own; the rest are under `other`.
  std::string version;            ///< Of the program, for notify_build_info.
};

/// What the agent counts: made once by agent/app and passed by reference. Look a series up where a
/// request or a tenant begins, keep the handle, count with it:
///
///     const Counter in = metrics.events_in.For(tenant);   // once a tenant
///     in.Add(batch.size());                               // once a batch
///
/// An empty TenantId is "no tenant". The meaning of each family is in families.hpp.
///
/// Threads: any. Threads that count often hold a ThreadShard on `cells()`.
/// Lifetime: outlives all handles and ThreadShards.
class Metrics {
  // First, so that the families below can refer to it.
  Registry registry_;
  std::string version_;

  using Word = std::string_view;

 public:
  explicit Metrics(MetricsOptions options);
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// `route` is the pattern of the route table, never the path; `unmatched` where there is none.
  Family<FamilyId::kHttpRequests, Word, Word, int, TenantId> http_requests;
  Family<FamilyId::kHttpRequestSeconds, Word> http_request_seconds;
  Family<FamilyId::kHttpErrors, Errc, TenantId> http_errors;
  Family<FamilyId::kRefusals, Errc, TenantId> refusals;
  Family<FamilyId::kConnections, TenantId, Word> connections;
  Family<FamilyId::kConnectionsNearLimit, TenantId, Word> connections_near_limit;
  Family<FamilyId::kUsersOnline, TenantId> users_online;
  Family<FamilyId::kEventsIn, TenantId> events_in;
  Family<FamilyId::kEventsOut, TenantId, Word> events_out;
  Family<FamilyId::kEventsWaiting, TenantId> events_waiting;
  Family<FamilyId::kCommitBatchEvents> commit_batch_events;
  Family<FamilyId::kCommitSeconds> commit_seconds;
  Family<FamilyId::kRenderSeconds> render_seconds;
  Family<FamilyId::kBytesIn, TenantId> bytes_in;
  Family<FamilyId::kBytesOut, TenantId> bytes_out;
  Family<FamilyId::kDedupeHorizonSeconds, TenantId> dedupe_horizon_seconds;
  Family<FamilyId::kLogBytes, TenantId> log_bytes;
  Family<FamilyId::kEventsExpired, TenantId> events_expired;
  Family<FamilyId::kDiskFreeBytes> disk_free_bytes;
  Family<FamilyId::kDiskLevel> disk_level;
  Family<FamilyId::kHubMessages, TenantId, Word> hub_messages;
  /// `method` is one of ours, or `unknown`.
  Family<FamilyId::kHubInvocations, TenantId, Word, Word> hub_invocations;
  /// `route` is the name or path of the gateway route in the configuration.
  Family<FamilyId::kGatewayRequests, Word, int, TenantId> gateway_requests;
  Family<FamilyId::kGatewayEventsNotStored, Word, Errc, TenantId> gateway_events_not_stored;
  Family<FamilyId::kNotificationsSent, TenantId, Word> notifications_sent;
  Family<FamilyId::kNotificationsDelivered, TenantId, Word> notifications_delivered;
  Family<FamilyId::kConsumerLag, TenantId> consumer_lag;
  Family<FamilyId::kConsumerInFlight, TenantId> consumer_in_flight;
  Family<FamilyId::kConsumerEvents, TenantId, Word> consumer_events;
  Family<FamilyId::kEventsScheduled, TenantId> events_scheduled;
  Family<FamilyId::kScheduledEventsSent, TenantId> scheduled_events_sent;
  Family<FamilyId::kScheduledEventsLateSeconds> scheduled_events_late_seconds;

  Cells& cells() { return registry_.cells(); }
  const Registry& registry() const { return registry_; }
  const std::string& version() const { return version_; }
};

}  // namespace notify::agent::telemetry
