#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "agent/delivery/delivery.hpp"
#include "agent/flow/event_source.hpp"
#include "agent/pipeline/delivery_parts.hpp"
#include "agent/pipeline/send_request.hpp"
#include "agent/routing/recipients.hpp"
#include "agent/tracking/report.hpp"

namespace notify::agent::pipeline {

/// One notification that an event starts.
struct PlannedDelivery {
  delivery::Delivery row;
  tracking::Fact created;
};

/// What a page of the log starts.
struct Plan {
  std::vector<PlannedDelivery> deliveries;
  std::vector<std::string> requests;  ///< Requests whose secrets are no longer needed.
  Position done;                      ///< The last event that was looked at.
  bool whole = true;                  ///< Off: there is more of the page behind `done`.
};

/// Looks at the events of a page in order: trigger, routing, render. Stops early where it has
/// planned enough for one transaction. state.db is opened by the first event that starts something.
/// A notification that cannot be rendered is planned as failed. Errors are of state.db; nothing is
/// planned then.
Result<Plan> PlanPage(const DeliveryParts& parts, const DeliveryOptions& options, TenantWork& work,
                      const ReadPage& page);

/// Renders what a request asks for, for each recipient and channel, without sending: a JSON list.
Result<std::string> RenderRequest(const DeliveryParts& parts, const TenantHandle& tenant,
                                  store::Database& state, const SendRequest& request);

/// Why a rule fires for an event or not; `recorded_ms` is the event's.
struct Verdict {
  bool matched = false;
  std::string reason;
  routing::Recipients recipients;
};
Verdict Judge(const trigger::Trigger& rule, const nlohmann::json& envelope,
              std::int64_t recorded_ms);

/// The id of a notification's first delivery. Receivers know the notification by it, also where it
/// is tried again by hand.
std::string FirstDeliveryOf(const std::string& notification);

/// `recordedtime` of an envelope, Unix ms; the far future where it has none.
std::int64_t RecordedMs(const nlohmann::json& envelope);

}  // namespace notify::agent::pipeline
