#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/eventlog/stream_versions.hpp"

namespace notify::agent::eventlog {

/// An event that was refused, because its stream has another version than it expects.
struct StreamConflict {
  std::size_t index = 0;  ///< In the batch.
  std::uint64_t current_version = 0;
  /// Not by its own expectation: one of its stream in front of it was refused, and it was written
  /// to stand behind that one.
  bool follows_refused = false;
};

/// Gives the events of one batch their versions. Nothing is noted before Finish.
///
/// Lifetime: for one batch.
/// Threads:  the tenant's storage thread.
class StreamNumbering {
 public:
  /// Both outlive it. `each_alone`: SealedBatch::JudgeEachAlone.
  StreamNumbering(StreamVersions& versions, const TenantHandle& tenant, bool each_alone)
      : versions_(versions), tenant_(tenant), each_alone_(each_alone) {}

  /// The next event, which gets `sequence` where there is no conflict.
  struct Outcome {
    std::uint64_t version = 0;
    std::optional<StreamConflict> conflict;
  };
  Result<Outcome> Take(const StreamedEvent& event, Sequence sequence);

  /// Notes where the streams stand now, and adds them to the keys of the block that begins at
  /// `first`.
  void Finish(std::uint64_t generation, Sequence first, std::string& keys);

  /// BlockHeader::first_versions.
  std::vector<std::uint64_t>& first_versions() { return first_versions_; }

 private:
  struct State {
    StreamHead head;
    bool taken = false;
    bool refused = false;
  };

  StreamVersions& versions_;
  const TenantHandle& tenant_;
  const bool each_alone_;
  std::map<StreamKey, State> streams_;
  std::vector<std::uint64_t> first_versions_;
};

}  // namespace notify::agent::eventlog
