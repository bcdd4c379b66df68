#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "agent/eventlog/event_log.hpp"
#include "agent/schema/upcasting.hpp"

namespace notify::agent::ingress::rest {

/// Where reading a stream begins.
struct StreamStart {
  std::uint64_t version = 1;  ///< Of the first event that is wanted.
  Sequence after;             ///< That event lies behind it.
};

/// Events of a stream without a gap.
struct StreamPage {
  std::vector<std::string> envelopes;  ///< By version, ascending.
  StreamStart next;                    ///< Where the next page begins.
  bool more = false;                   ///< Whether the stream goes on there.
};

/// Reads streams from the log of a tenant.
///
/// Lifetime: as the agent.
/// Threads:  any executor.
class StreamQuery {
 public:
  explicit StreamQuery(eventlog::EventLog& log) : log_(log) {}

  /// Where a stream stands. kNotFound where it has no event.
  async::Task<Result<eventlog::StreamHead>> Head(TenantHandle tenant, std::string stream);

  /// At most `limit` events from `start` up to `head`, lifted by `upcasters` unless they are null.
  /// A start behind the head is an empty page.
  ///
  /// kGap  the event of `start` is not in the log any more: nobody is to compute a state from part
  ///       of its events without knowing it.
  async::Task<Result<StreamPage>> Read(TenantHandle tenant, std::string stream,
                                       eventlog::StreamHead head, StreamStart start,
                                       std::size_t limit, schema::UpcastersPtr upcasters);

 private:
  eventlog::EventLog& log_;
};

}  // namespace notify::agent::ingress::rest
