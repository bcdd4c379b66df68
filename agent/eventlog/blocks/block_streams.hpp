#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/ids.hpp"
#include "common/model/event_parser.hpp"

namespace notify::agent::eventlog {

/// The keyed hashes by which a tenant's types, ids and streams stand in files that are not
/// encrypted.
using HashKey = std::array<std::uint64_t, 2>;

/// A stream of a tenant, by 128 bits of a keyed hash of its name: so many that two names never
/// share one, and nothing needs to compare names.
struct StreamKey {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  auto operator<=>(const StreamKey&) const = default;
};

/// Where a stream stands: the version and number of its last event, and the number of its first.
struct StreamHead {
  std::uint64_t version = 0;  ///< 0: it has no event.
  Sequence first;
  Sequence last;
};

/// An event of a batch that is in a stream, before it has a version.
struct StreamedEvent {
  std::uint32_t index = 0;  ///< In the batch.
  StreamKey stream;
  std::optional<ExpectedVersion> expected;
};

/// Hashes the names of streams, which often come several times in a row.
///
/// Threads:  one.
class StreamHasher {
 public:
  explicit StreamHasher(const HashKey& key) : key_(key) {}

  /// docs/event_log_format.md, "A stream key".
  const StreamKey& KeyOf(std::string_view stream);

 private:
  const HashKey key_;
  std::string last_;  // Its letter in front, so that its memory serves for both halves.
  StreamKey last_key_;
};

/// Writes the versions of a block's streams into its records. `first_versions` is
/// BlockHeader::first_versions; false where there are more or fewer streams among `events`.
bool GiveVersions(EventBatch& events, std::span<const std::uint64_t> first_versions);

}  // namespace notify::agent::eventlog
