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

/// `GET /api/events`, `GET /api/events/{id}` (contract 6). `log`, `scheduling` and `clock` outlive
/// `operations`.
void AddEventOperations(Operations& operations, eventlog::EventLog& log,
                        pipeline::Scheduling& scheduling, EventOutcome outcome, const Clock& clock);

}  // namespace notify::agent::ingress::rest
