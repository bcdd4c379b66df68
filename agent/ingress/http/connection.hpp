#pragma once

#include "agent/ingress/http/exchange.hpp"
#include "agent/ingress/http/wire.hpp"

namespace notify::agent::ingress {

/// Serves HTTP/1.1 requests on `wire`, one after another, until it ends, a limit is hit, a handler
/// has it handed over, or `draining` becomes true after an answer. Beast parses; the stream is
/// ours. Answers have the clock's `Date`. All outlive the task.
async::Task<void> ServeConnection(Wire& wire, HttpHandler& handler, const bool& draining);

}  // namespace notify::agent::ingress
