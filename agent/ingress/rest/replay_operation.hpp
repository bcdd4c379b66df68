#pragma once

#include <functional>
#include <string>

#include "agent/async/timers.hpp"
#include "agent/flow/live_sink.hpp"
#include "agent/ingress/rest/call.hpp"
#include "agent/ingress/rest/event_query.hpp"
#include "common/random.hpp"

namespace notify::agent::ingress::rest {

/// Sends one replayed envelope to a target's live connections; how many took it.
using SendReplayed = std::function<async::Task<std::size_t>(
    TenantHandle, LiveTarget, std::string type, std::string envelope)>;

/// `POST /api/events/replay` (contract 6 and 8): a range of the log again, to one subscription or
/// one user, marked as replayed. `log`, `clock` and `random` outlive `operations`.
void AddReplayOperation(Operations& operations, eventlog::EventLog& log, SendReplayed send,
                        const Clock& clock, Random& random);

}  // namespace notify::agent::ingress::rest
