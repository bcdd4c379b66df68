#pragma once

#include <cstdint>
#include <vector>

#include "common/ids.hpp"

namespace notify::agent::eventlog {

/// Where the events of a tenant's log lie.
struct LogStat {
  Epoch epoch;
  Sequence first{1};
  Sequence last;
  std::int64_t first_recorded_ms = 0;
  std::int64_t last_recorded_ms = 0;
  std::uint64_t stored_blocks = 0;  ///< In the tenant's segments.
  std::uint64_t stored_bytes = 0;
  std::uint64_t segments = 0;
  std::uint64_t key_runs = 0;        ///< Sorted runs of duplicate keys.
  std::uint64_t keys = 0;            ///< In them.
  std::uint64_t journal_blocks = 0;  ///< Not yet moved there.
  std::uint64_t journal_bytes = 0;
};

/// Events that are missing, or cannot be read.
struct DamagedRange {
  Sequence first;
  Sequence last;
};

/// What a look at every block of a log came to.
struct LogCheck {
  std::uint64_t blocks = 0;
  std::uint64_t events = 0;  ///< That are whole.
  std::uint64_t bytes = 0;
  std::uint64_t damaged_key_runs = 0;
  std::vector<DamagedRange> damaged;  ///< In order.
};

}  // namespace notify::agent::eventlog
