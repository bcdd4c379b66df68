#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/history/record_source.hpp"

namespace notify::cli::history {

/// Records that go to the agent together: line i of the body is record `first + i`, so that a line
/// of the answer is a line of the file. What is not there, or is no record, is an empty line.
struct Batch {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::size_t events = 0;
  std::string body;
  std::vector<Record> bad;  ///< Records that are none; their `json` is empty.
  std::vector<std::pair<std::uint64_t, std::string>> raw;  ///< By record, where it is not `json`.

  /// The record as it stands in the file.
  std::string_view RecordText(std::uint64_t number) const;
};

/// How large a batch may become.
struct BatchLimits {
  std::size_t events = 10'000;
  std::size_t bytes = (8 << 20) - 4096;
};

/// Makes batches of records in their order.
///
/// Threads: one at a time.
class Batcher {
 public:
  /// `source` outlives it. `after`: records up to this one are passed over. `alone`: a bad record
  /// ends its batch, and is one of its own.
  Batcher(RecordSource& source, BatchLimits limits, std::uint64_t after, bool alone)
      : source_(source), limits_(limits), after_(after), alone_(alone) {}

  /// The next batch; false at the end. Errors as RecordSource.
  Result<bool> Next(Batch& batch);

  /// From now on batches are smaller.
  void Limit(BatchLimits limits) { limits_ = limits; }
  const BatchLimits& limits() const { return limits_; }

 private:
  Result<bool> Read();
  bool Fits(const Batch& batch) const;

  RecordSource& source_;
  BatchLimits limits_;
  const std::uint64_t after_;
  const bool alone_;
  Record held_;  // Read, and not yet in a batch.
  bool has_held_ = false;
};

/// The batch in pieces of at most `events` events.
std::deque<Batch> Split(const Batch& batch, std::size_t events);

}  // namespace notify::cli::history
