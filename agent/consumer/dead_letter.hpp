#pragma once

#include <cstdint>
#include <string>

#include "common/ids.hpp"

namespace notify::agent::consumer {

/// An event that a consumer did not get done within its attempts. The event is kept with it, so
/// that retention cannot take it away.
struct DeadLetter {
  std::string id;  ///< The same for the same consumer, event and log: DeadLetterId.
  std::string consumer;
  Position event;
  std::string type;       ///< Of the event; empty where the log had lost it.
  int attempts = 0;       ///< How often it was handed out.
  std::string reason;     ///< One sentence.
  bool retrying = false;  ///< It was given back to its consumer, and is not done yet.
  std::int64_t failed_ms = 0;
  std::int64_t recorded_ms = 0;
  std::string record;  ///< The event's record (docs/event_log_format.md); filled where asked for.
};

/// The id of the dead letter for an event of a tenant's consumer.
std::string DeadLetterId(const TenantId& tenant, const std::string& consumer, Position event);

/// A dead letter as the API shows it; with `tenant` and its event as `envelope` where the record is
/// filled.
std::string DeadLetterJson(const DeadLetter& letter, const TenantId& tenant);

}  // namespace notify::agent::consumer
