#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/ids.hpp"

namespace notify::agent::eventlog {

/// Which event took a duplicate key, for the keys of a tenant that are in no sorted run yet: those
/// of the two generations of the journal (CommitLog::generation).
///
/// Lifetime: as its tenant's open log.
/// Threads:  the tenant's storage thread.
class Duplicates {
 public:
  /// The newest event with this key, if it is remembered. A hit is a candidate: 64 bits can clash,
  /// so the caller compares the stored event.
  std::optional<Sequence> Find(std::uint64_t key) const;

  /// Remembers a key of a generation, which is the present one or the next. A later event with the
  /// key takes its place: it is not a duplicate where the first lies beyond the horizon.
  void Insert(std::uint64_t generation, std::uint64_t key, Sequence sequence);

  /// The keys of a generation are in a run now. Whether it had any.
  bool Drop(std::uint64_t generation);

  std::size_t size() const { return old_.count + young_.count; }

 private:
  /// An open-addressed table; key 0 marks a free place.
  struct Generation {
    struct Entry {
      std::uint64_t key = 0;
      std::uint64_t sequence = 0;
    };
    std::uint64_t number = 0;
    std::vector<Entry> entries;
    std::size_t count = 0;

    std::optional<Sequence> Find(std::uint64_t key) const;
    void Insert(std::uint64_t key, Sequence sequence);
    void Grow();
  };

  Generation young_;
  Generation old_;
};

}  // namespace notify::agent::eventlog
