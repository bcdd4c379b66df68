#pragma once

#include <functional>
#include <string>

#include "agent/ingress/rest/call.hpp"
#include "agent/ingress/rest/event_lookup.hpp"
#include "agent/ingress/rest/event_query.hpp"

namespace notify::agent::ingress::rest {

/// What came of an event: `{rules: […], deliveries: […], connections}`.
using EventOutcome =
    std::function<async::Task<Result<std::string>>(TenantHandle, Position, std::string envelope)>;

/// What reading events works with; all of it outlives the operations.
struct EventOperationParts {
  eventlog::EventLog& log;
  pipeline::Scheduling& scheduling;
  schema::Upcasting& upcasting;
  EventOutcome outcome;
  const Clock& clock;
};

/// `GET /api/events`, `GET /api/events/{id}` (contract 6); with `?raw=true` as they are stored.
void AddEventOperations(Operations& operations, EventOperationParts parts);

}  // namespace notify::agent::ingress::rest
