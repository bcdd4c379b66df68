#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "agent/async/executor.hpp"
#include "agent/async/task.hpp"
#include "agent/schema/tenant_schemas.hpp"
#include "common/model/event_parser.hpp"

namespace notify::agent::schema {

/// What a check took out of a request.
struct Misfits {
  std::vector<RejectedEvent> rejected;  ///< By their place in the request, ascending.
  std::optional<Error> first;           ///< Of the first of them, with all it says.
};

/// Takes the events out of `events` that do not fit their schema; the others stay in their order.
/// Lets other work of the thread in between, so that a large batch holds up nobody.
/// Lifetime: `executor` and `events` outlive the task.
/// Threads:  on `executor`, the one that awaits.
async::Task<Misfits> TakeMisfits(async::Executor& executor,
                                 std::shared_ptr<const TenantSchemas> schemas,
                                 ParsedEvents& events);

}  // namespace notify::agent::schema
