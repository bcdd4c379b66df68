#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "agent/flow/durable_source.hpp"
#include "common/clock.hpp"

namespace notify::agent::consumer {

using ::notify::agent::Fetched;
using ::notify::agent::FetchedEvent;

/// What a caller asks a consumer for.
struct FetchRequest {
  std::size_t max = 100;               ///< At most so many events, at least 1.
  std::size_t max_bytes = 256 * 1024;  ///< About so many bytes of envelopes.
  Clock::Duration wait{};              ///< How long to wait where there is none.
  std::string subscription;            ///< Stamped into the envelopes; empty: not.
  std::uint64_t claim = 0;             ///< See Consumer::Begin; 0: anybody may fetch.
  /// What the caller may not see is passed over; empty: it may see all.
  std::function<bool(const RecordKeys&)> may_see;
};

/// How much of what was fetched may have reached its caller.
enum class Reached : std::uint8_t {
  kNothing,  ///< It is as if it had not been handed out.
  kPerhaps,  ///< It is `redelivered` when it comes again.
};

/// What became of an event that a caller could not do.
struct Refusal {
  Position position;           ///< Where the consumer stands.
  bool redelivered = false;    ///< It is handed out again, after its backoff.
  bool dead_lettered = false;  ///< It was its last attempt.
};

}  // namespace notify::agent::consumer
