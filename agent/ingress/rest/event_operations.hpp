#pragma once

#include <functional>
#include <string>

#include "agent/ingress/rest/call.hpp"
#include "agent/ingress/rest/event_query.hpp"

namespace notify::agent::ingress::rest {

/// What came of an event, as JSON texts of the delivery side.
struct EventOutcomes {
  /// `{rules: […], deliveries: […], connections}` of one event.
  std::function<async::Task<Result<std::string>>(TenantHandle, Position, std::string envelope)>
      outcome;
  /// `{status, notifications, deliveries: {…}}` of one event: PENDING until the rules have seen it.
  std::function<async::Task<Result<std::string>>(TenantHandle, Position)> status;
};

/// `GET /api/events`, `GET /api/events/{id}`, `GET /api/events/status/{id}` (contract 6).
/// `log` and `clock` outlive `operations`.
void AddEventOperations(Operations& operations, eventlog::EventLog& log, EventOutcomes outcomes,
                        const Clock& clock);

}  // namespace notify::agent::ingress::rest
