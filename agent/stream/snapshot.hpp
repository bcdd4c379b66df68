#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/ids.hpp"
#include "common/result.hpp"

namespace notify::agent::stream {

/// The state that an application computed from a stream up to a version, so that it need not read
/// the events before again.
struct Snapshot {
  std::uint64_t version = 0;  ///< Of the last event in it; at least 1.
  /// The number of that event; 0 where it is not known.
  Sequence last;
  std::int64_t taken_ms = 0;  ///< Unix ms, when the agent got it.
  std::uint64_t bytes = 0;    ///< Of `data`.
  std::string data;           ///< A JSON document, as it was given.
};

/// A snapshot has at most so many bytes of data.
constexpr std::size_t kMaxSnapshotBytes = 1 << 20;

/// Whether `text` may be a snapshot's data: one JSON document. kInvalidJson, kJsonTooDeep.
Status CheckSnapshotData(std::string text);

/// `{version, takenAt, bytes}`, with `data` on request.
std::string SnapshotJson(const Snapshot& snapshot, bool with_data);

}  // namespace notify::agent::stream
