#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "agent/async/executor.hpp"
#include "agent/async/task.hpp"
#include "agent/schema/tenant_schemas.hpp"
#include "common/model/event_parser.hpp"

namespace notify::agent::schema {

/// An event that does not fit its schema.
struct Misfit {
  std::size_t index = 0;  ///< In the request.
  Error error;
};

/// Takes the events out of `events`, those for later included, that do not fit their schema, and
/// gives them by their place in the request, ascending; the others stay in their order.
/// Lets other work of the thread in between, so that a large batch holds up nobody.
/// Lifetime: `executor` and `events` outlive the task.
/// Threads:  on `executor`, the one that awaits.
async::Task<std::vector<Misfit>> TakeMisfits(async::Executor& executor,
                                             std::shared_ptr<const TenantSchemas> schemas,
                                             ParsedEvents& events);

}  // namespace notify::agent::schema
