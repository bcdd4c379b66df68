#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/consumer/dead_letter.hpp"
#include "common/clock.hpp"

namespace notify::agent::consumer {

/// The dead letters of one consumer that were given back to it: handed out again beside its events,
/// each with a deadline and a backoff of its own.
///
/// Lifetime: a value type.
/// Threads:  one.
class RedriveLane {
 public:
  /// One that goes out, or failed again.
  struct Given {
    std::string id;
    Position event;
    int failures = 0;  ///< Since it was given back.
  };

  /// Gives one back; one that is there stays as it is.
  void Add(const DeadLetter& letter);
  void Remove(Position event);
  bool empty() const { return waiting_.empty(); }
  std::size_t in_flight() const { return in_flight_; }

  /// The first that may go out now, at or before `up_to`.
  std::optional<Given> Next(Clock::TimePoint now, Position up_to) const;
  void HandOut(Position event, Clock::TimePoint deadline);
  /// What was handed out did not reach anybody.
  void TakeBack(Position event);
  /// The same for all in flight.
  void TakeBackAll();
  bool IsInFlight(Position event) const;
  bool Has(Position event) const { return waiting_.contains(event); }

  /// Ends those in flight up to `event`; their ids.
  std::vector<Given> Acknowledge(Position event);
  /// Charges a failure to one in flight, which waits for its backoff then.
  Given Fail(Position event, Clock::TimePoint now);
  std::vector<Position> Overdue(Clock::TimePoint now) const;
  /// When the next deadline passes or backoff ends; nothing where none is under way.
  std::optional<Clock::TimePoint> NextMoment(Clock::TimePoint now) const;

 private:
  struct Entry {
    std::string id;
    int failures = 0;
    bool in_flight = false;
    Clock::TimePoint moment{};  // Its deadline in flight, else the end of its backoff.
  };

  void Land(Entry& entry);

  std::map<Position, Entry> waiting_;
  std::size_t in_flight_ = 0;
};

}  // namespace notify::agent::consumer
