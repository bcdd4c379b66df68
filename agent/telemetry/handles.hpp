#pragma once

#include <chrono>
#include <cstdint>
#include <utility>

#include "agent/telemetry/buckets.hpp"
#include "agent/telemetry/cells.hpp"

namespace notify::agent::telemetry {

/// Counts one series; a value of two words, to be kept by whoever counts often.
/// Threads: any; 1 to 2 ns on a thread with a ThreadShard.
/// Lifetime: within that of the Metrics that made it.
class Counter {
 public:
  Counter(Cells& cells, CellIndex cell) : cells_(&cells), cell_(cell) {}
  void Add(std::uint64_t number = 1) const { cells_->Add(cell_, number); }

 private:
  Cells* cells_;
  CellIndex cell_;
};

/// What one series has now, as the sum of what all threads added and took away.
/// Threads: any; taking away on another thread than adding is fine.
/// Lifetime: within that of the Metrics that made it.
class Gauge {
 public:
  Gauge(Cells& cells, CellIndex cell) : cells_(&cells), cell_(cell) {}
  void Add(std::int64_t number = 1) const {
    cells_->Add(cell_, static_cast<std::uint64_t>(number));
  }
  void Subtract(std::int64_t number = 1) const { Add(-number); }

 private:
  Cells* cells_;
  CellIndex cell_;
};

/// One owner's share of a gauge: it sets its own number, and takes it away when it goes. So a
/// tenant that is dropped leaves nothing behind, and shares of tenants under `other` add up.
/// Threads: one at a time.
/// Lifetime: within that of the Metrics that made the gauge.
class GaugeShare {
 public:
  explicit GaugeShare(Gauge gauge, std::int64_t value = 0) : gauge_(gauge) { Set(value); }
  ~GaugeShare() { Set(0); }
  GaugeShare(GaugeShare&& other) noexcept
      : gauge_(other.gauge_), value_(std::exchange(other.value_, 0)) {}
  GaugeShare& operator=(GaugeShare&& other) noexcept {
    if (this != &other) {
      Set(0);
      gauge_ = other.gauge_;
      value_ = std::exchange(other.value_, 0);
    }
    return *this;
  }

  void Set(std::int64_t value) {
    if (value != value_) gauge_.Add(value - std::exchange(value_, value));
  }

 private:
  Gauge gauge_;
  std::int64_t value_ = 0;
};

/// Sorts durations into kTimeBounds. A negative one counts as 0.
/// Threads: any; a few nanoseconds on a thread with a ThreadShard.
/// Lifetime: within that of the Metrics that made it.
class TimeHistogram {
 public:
  TimeHistogram(Cells& cells, CellIndex cell) : cells_(&cells), cell_(cell) {}
  void Observe(std::chrono::nanoseconds duration) const {
    const auto value = static_cast<std::uint64_t>(duration.count() < 0 ? 0 : duration.count());
    cells_->Observe(cell_, BucketOf(kTimeBounds, value), kSumCell, value);
  }

 private:
  Cells* cells_;
  CellIndex cell_;
};

/// Sorts whole numbers into kCountBounds.
/// Threads: any; a few nanoseconds on a thread with a ThreadShard.
/// Lifetime: within that of the Metrics that made it.
class CountHistogram {
 public:
  CountHistogram(Cells& cells, CellIndex cell) : cells_(&cells), cell_(cell) {}
  void Observe(std::uint64_t number) const {
    cells_->Observe(cell_, BucketOf(kCountBounds, number), kSumCell, number);
  }

 private:
  Cells* cells_;
  CellIndex cell_;
};

}  // namespace notify::agent::telemetry
