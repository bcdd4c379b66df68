#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "common/clock.hpp"
#include "common/model/gap.hpp"

namespace notify::agent::consumer {

/// What a caller asks a consumer for.
struct FetchRequest {
  std::size_t max = 100;     ///< At most so many events, at least 1.
  Clock::Duration wait{};    ///< How long to wait where there is none.
  std::string subscription;  ///< Stamped into the envelopes; empty: not.
};

/// One event that goes out.
struct FetchedEvent {
  Position position;
  std::string type;
  std::string envelope;  ///< JSON, with `redelivered` where it went out before.
};

/// What a caller is given, all of it by one page of the log at most.
struct Fetched {
  std::vector<FetchedEvent> items;
  Position position;       ///< Acknowledging it acknowledges all of them.
  std::optional<Gap> gap;  ///< Where events are missing; told until something behind it is done.
};

/// What became of an event that a caller could not do.
struct Refusal {
  Position position;           ///< Where the consumer stands.
  bool redelivered = false;    ///< It is handed out again, after its backoff.
  bool dead_lettered = false;  ///< It was its last attempt.
};

}  // namespace notify::agent::consumer
