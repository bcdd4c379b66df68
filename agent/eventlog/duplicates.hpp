#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/ids.hpp"

namespace notify::agent::eventlog {

/// Which event took a duplicate key, for the newest keyed events of a tenant. Two generations: when
/// the younger is full the older is forgotten, so that between half and all of `max_events` are
/// remembered.
///
/// Lifetime: as its tenant's open log.
/// Threads:  the tenant's storage thread.
class Duplicates {
 public:
  /// `max_events` is at least 2.
  explicit Duplicates(std::size_t max_events);

  /// The first event with this key, if it is remembered. A hit is a candidate: 64 bits can clash,
  /// so the caller compares the stored event.
  std::optional<Sequence> Find(std::uint64_t key) const;

  /// Remembers a key; the first event with it stays.
  void Insert(std::uint64_t key, Sequence sequence);

  /// Every event from this one on is recognised.
  Sequence horizon() const { return old_.count != 0 ? old_.first : young_.first; }
  std::size_t size() const { return old_.count + young_.count; }

 private:
  /// An open-addressed table; key 0 marks a free place.
  struct Generation {
    struct Entry {
      std::uint64_t key = 0;
      std::uint64_t sequence = 0;
    };
    std::vector<Entry> entries;
    std::size_t count = 0;
    Sequence first{1};

    std::optional<Sequence> Find(std::uint64_t key) const;
    void Insert(std::uint64_t key, Sequence sequence);
    void Grow();
  };

  const std::size_t generation_events_;
  Generation young_;
  Generation old_;
};

}  // namespace notify::agent::eventlog
