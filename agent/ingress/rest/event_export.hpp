#pragma once

#include <cstddef>

#include "agent/ingress/rest/call.hpp"
#include "agent/ingress/rest/event_query.hpp"

namespace notify::agent::ingress::rest {

/// Whether a caller of a list wants its items one a line: `Accept: application/x-ndjson`.
bool WantsLines(const Call& call);

/// Answers with the events of a range that match, an envelope a line, up to `limit` of them, as
/// they are read: of any size, and with no more in memory than a page. What went wrong behind the
/// first line cuts the answer off, so that nobody takes a part for the whole. kGap as
/// EventQuery::First; without `after` what is damaged is left out, as in the list.
///
/// Threads: the call's.
async::Task<Result<Response>> ExportEvents(Call& call, EventQuery& query, TenantHandle tenant,
                                           TimeRange range, EventFilter filter, std::size_t limit);

}  // namespace notify::agent::ingress::rest
