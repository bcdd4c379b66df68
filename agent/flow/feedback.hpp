#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/async/task.hpp"
#include "agent/flow/tenant_handle.hpp"
#include "common/ids.hpp"
#include "common/result.hpp"

namespace notify::agent {

/// An event that the agent itself has to tell.
struct OwnEvent {
  std::string id;  ///< A DerivedUuid where doing it again must be a duplicate; empty: a new one.
  std::string type;
  std::string subject;
  std::string userid;
  std::string correlationid;
  std::string causationid;
  std::string replayof;   ///< Position text of the event that this one replays.
  std::string data_json;  ///< Valid JSON; empty: no data.
};

/// Where an own event went.
struct OwnPosition {
  Position position;
  bool duplicate = false;
  /// It is not there: its stream has another version than it must follow. An event of the agent's
  /// own is in no stream.
  std::optional<Error> refused;
};

/// Appends the agent's own events: feedback travels as an event, so that no include goes up.
/// Counted apart from the tenant's quota, never refused for load: the producer waits.
///
/// Lifetime: as the agent.
/// Threads:  any executor; the answer comes on the caller's.
class Feedback {
 public:
  virtual ~Feedback() = default;
  virtual async::Task<Result<std::vector<OwnPosition>>> Append(TenantHandle tenant,
                                                               std::vector<OwnEvent> events) = 0;
};

}  // namespace notify::agent
