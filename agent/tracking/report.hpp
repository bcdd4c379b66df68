#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/flow/feedback.hpp"
#include "agent/telemetry/metrics.hpp"
#include "common/ids.hpp"

namespace notify::agent::tracking {

/// What there is to tell about a notification that was made, or a delivery that ended.
struct Fact {
  std::string delivery;
  std::string notification;
  std::string rule;
  std::int64_t rule_version = 0;
  std::string template_id;
  Position event;
  std::string channel;
  std::string recipient;
  std::string status;  ///< `SENT`, `DELIVERED` or `FAILED`; empty for one that was made.
  int attempts = 0;
  int retries = 0;  ///< How often it was taken up again by hand.
  std::string detail;
  std::int64_t depth = 1;
  std::string title;
  std::string content;  ///< JSON: what an inbox keeps of it; empty: no inbox does.
  std::string correlationid;
  std::string causationid;  ///< The id of the event that caused it, where that is known.
  std::string userid;
  std::string replay;     ///< The replay that stored the event; empty: it came by itself.
  std::string replay_of;  ///< The position of the event that it replays.
};

/// `notification.created`, with an id derived from the notification's.
OwnEvent CreatedEvent(const Fact& fact);

/// `notification.delivered`, `notification.sent` (nobody confirmed it) or `delivery.failed`, with
/// an id derived from the delivery's: a delivery ends once, however often it is told.
OwnEvent EndedEvent(const Fact& fact);

/// Counts what the flow reports: `notifications_sent_total`, `notifications_delivered_total`.
///
/// Lifetime: as the agent; `metrics` outlives it.
/// Threads:  any.
class Counters {
 public:
  explicit Counters(const telemetry::Metrics& metrics) : metrics_(metrics) {}

  /// A notification is handed to a channel, for the first or another time.
  void Attempted(const TenantId& tenant, std::string_view channel) const;
  /// A delivery ended; `status` as in Fact.
  void Ended(const TenantId& tenant, std::string_view status) const;

 private:
  const telemetry::Metrics& metrics_;
};

}  // namespace notify::agent::tracking
