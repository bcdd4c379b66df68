#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/ids.hpp"

namespace notify::agent::schedule {

/// Where a scheduled event stands. It ends in exactly one of the last three, for ever.
enum class State : std::uint8_t {
  kPending,     ///< Waits for its time.
  kProcessing,  ///< Its time has come: it is on its way into the log.
  kCompleted,   ///< The log has it.
  kFailed,      ///< It will not enter the log; `detail` says why.
  kCancelled,   ///< Somebody cancelled it while it waited.
};

/// `PENDING`, `PROCESSING`, `COMPLETED`, `FAILED`, `CANCELLED`.
std::string_view StateName(State state);
/// In any case of letters.
std::optional<State> StateFromName(std::string_view name);

/// One event that was accepted for later.
struct ScheduledEvent {
  std::int64_t number = 0;  ///< In the order of acceptance, within the tenant.
  State state = State::kPending;
  std::int64_t due_ms = 0;  ///< Unix ms.
  std::int64_t accepted_ms = 0;
  std::int64_t updated_ms = 0;
  Position position;   ///< Where it is in the log, once it is.
  std::string detail;  ///< One sentence, of one that failed.
  std::string record;  ///< In the record format; without its data once it has ended.
};

/// `{id, status, scheduledAt, duplicate}`: what whoever published it is told.
std::string AcceptedJson(std::string_view id, State state, std::int64_t due_ms, bool duplicate);

/// `{id, source, type, subject?, userid?, status, scheduledAt, acceptedAt, updatedAt, position,
/// detail?}`, as the API shows it.
std::string ScheduledEventJson(const ScheduledEvent& event);

}  // namespace notify::agent::schedule
