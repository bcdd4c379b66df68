#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "agent/flow/event_source.hpp"
#include "agent/projection/generation.hpp"
#include "agent/projection/key_states.hpp"

namespace notify::agent::projection {

/// What a projection may hold, and how much one turn does.
struct FoldLimits {
  std::int64_t keys = 1'000'000;
  std::int64_t bytes = 256 << 20;  ///< Of keys and states as JSON.
  /// After so many events, or so many bytes of states, the rest of a page is left to the next turn:
  /// the platform executor has other work.
  std::size_t turn_events = 1000;
  std::size_t turn_bytes = 4 << 20;
};

/// Folds a page of the log into generations that stand at the same position. States and positions
/// are written in one transaction, so that no event is folded twice or not at all.
///
/// An event that cannot be folded is skipped, counted and told with its reason: it would fail the
/// next time, too, and may not stop what comes behind it.
///
/// Lifetime: one page; refers to what it is given.
/// Threads:  that of the database.
class PageFold {
 public:
  PageFold(store::Database& state, const TenantHandle& tenant, Random& random, FoldLimits limits);

  /// `generations` stand at `from` and go on after the page, or where the turn ended. On an error
  /// nothing is changed, neither in them nor in the file.
  Status Fold(const ReadPage& page, Position from, const std::vector<Generation*>& generations);

 private:
  /// One key while the page is folded.
  struct Cell {
    JsonValue state;
    std::int64_t bytes = 0;  // As they are counted; 0: not there.
    std::uint64_t sequence = 0;
    bool stored = false;
    bool changed = false;
  };
  struct Work {
    Generation next;
    std::map<std::string, Cell, std::less<>> cells;
  };

  Status FoldOne(Work& work, const EventInHand& event);
  Status Update(Work& work, const EventInHand& event, const std::string& key, Cell& cell);
  void Remove(Work& work, const EventInHand& event, Cell& cell);
  Result<Cell*> Load(Work& work, const std::string& key);
  void Skip(Work& work, const EventInHand& event, std::string_view reason);
  Status Write(std::vector<Work>& works);

  store::Database& state_;
  KeyStates states_;
  const FoldLimits limits_;
  std::size_t bytes_ = 0;  // Of states in memory.
};

}  // namespace notify::agent::projection
