#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/telemetry/cells.hpp"

namespace notify::agent::telemetry {

/// The values of one series' labels, and where its numbers are.
struct Series {
  std::vector<std::string> labels;  ///< In the order of the family's label names.
  CellIndex cell = 0;               ///< The first of its cells.
  std::size_t hash = 0;
};

/// The series of one family, found by the values of their labels. It only grows: finding takes no
/// lock and writes nothing that threads share; adding takes the table's lock.
/// Threads: any.
/// Lifetime: a Series lives as long as the table.
class LabelTable {
 public:
  using Values = std::span<const std::string_view>;

  LabelTable();
  LabelTable(const LabelTable&) = delete;
  LabelTable& operator=(const LabelTable&) = delete;

  /// nullptr where there is none (yet).
  const Series* Find(Values values) const;
  /// Adds the series, with the cell that `allocate` answers, where there is none; nullptr where
  /// there is none and the table holds `limit` or more.
  const Series* FindOrAdd(Values values, std::size_t limit,
                          const std::function<CellIndex()>& allocate);

  std::size_t size() const { return size_.load(std::memory_order_acquire); }
  /// All series, by their labels.
  std::vector<const Series*> Sorted() const;

 private:
  /// Open addressing; at most half full, so that a search meets an empty slot soon.
  struct Slots {
    explicit Slots(std::size_t count) : at(count) {}
    std::vector<std::atomic<const Series*>> at;  ///< A power of two of them.
  };

  static const Series* Find(const Slots& slots, Values values, std::size_t hash);
  static void Put(Slots& slots, const Series& series);
  void GrowLocked();

  std::atomic<const Slots*> current_;
  std::atomic<std::size_t> size_{0};

  mutable std::mutex adding_;
  // Under adding_. Slots that were outgrown stay: a search may still be in them.
  std::vector<std::unique_ptr<Slots>> slots_;
  std::vector<std::unique_ptr<const Series>> series_;
};

}  // namespace notify::agent::telemetry
