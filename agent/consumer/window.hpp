#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "common/clock.hpp"
#include "common/ids.hpp"
#include "common/model/gap.hpp"

namespace notify::agent::consumer {

/// The wait before an event is handed out again after its `failures`-th failure, from 1: one
/// second, doubled each time, at most a minute.
Clock::Duration Backoff(int failures);

/// Where one consumer stands between what is acknowledged and what it has looked at. Events are
/// handed out in their order. When the first one that is not acknowledged takes too long, or one is
/// refused, nothing is in flight any more and everything from the first unacknowledged event on is
/// handed out again; the failure is charged to that one event alone, so that those behind it are
/// not given up for it.
///
/// Knows nothing of logs, disks and callers: it is told what the next event is.
///
/// Lifetime: a value type.
/// Threads:  one.
class Window {
 public:
  /// What is known of one event that failed.
  struct Mark {
    int failures = 0;
    bool dead = false;  ///< In the dead letters; it is not handed out.
    bool operator==(const Mark&) const = default;
  };

  /// What a restart must not lose.
  struct Kept {
    Position acknowledged;                ///< Everything up to it is done.
    Position handed;                      ///< Everything up to it was handed out before.
    std::map<std::uint64_t, Mark> marks;  ///< By sequence, behind `acknowledged`.
    /// Where events are missing; told until something behind it is acknowledged by a caller.
    std::optional<Gap> gap;
  };

  /// A failure that was charged.
  struct Failure {
    Sequence sequence;
    int failures = 0;
  };

  explicit Window(Kept kept);

  const Kept& kept() const { return kept_; }
  /// The last event looked at; reading goes on behind it.
  Position cursor() const { return cursor_; }
  std::size_t in_flight() const { return in_flight_.size(); }
  bool IsDead(Sequence sequence) const;
  bool IsInFlight(Sequence sequence) const;
  int FailuresOf(Sequence sequence) const;

  /// Whether a backoff is over.
  bool MayHandOut(Clock::TimePoint now) const { return now >= not_before_; }
  Clock::TimePoint not_before() const { return not_before_; }
  /// Whether the next event was handed out with one that failed: such events go out alone, so that
  /// the one which makes its readers fail is found.
  bool NextIsSuspect() const { return cursor_.sequence.value < suspect_until_; }

  /// The next event is not for this consumer, or nothing is there up to `position`.
  void Skip(Position position);
  /// The next event goes out, to be acknowledged before `deadline`. Whether it went out before.
  bool HandOut(Position position, Clock::TimePoint deadline);
  /// Reading cannot go on behind the cursor; it goes on behind the gap. What is in flight is not
  /// there any more.
  void BeginAfter(const Gap& gap);

  /// Everything up to `position`, of the cursor's epoch, is done; how many were in flight.
  std::size_t Acknowledge(Position position);

  /// Charges a failure to an event that is in flight and goes back. With `most` failures there is
  /// no backoff: the event is about to be marked dead.
  Failure Fail(Sequence sequence, int most, Clock::TimePoint now);
  /// The first event in flight where its deadline has passed.
  std::optional<Sequence> Overdue(Clock::TimePoint now) const;
  std::optional<Clock::TimePoint> NextDeadline() const;
  /// An event is in the dead letters: it goes out no more.
  void MarkDead(Sequence sequence);

  /// Goes back without a failure: nothing of what is in flight reached anybody.
  void Rewind();
  /// The same for `first` and what is in flight behind it; false where it is not in flight.
  bool TakeBack(Sequence first);
  /// The same for exactly what is in flight from `first` to `last`, none of which had gone out
  /// before: it counts as never handed out. Where more is in flight behind, that stays remembered.
  void TakeBackUnseen(Sequence first, Sequence last);

 private:
  struct InFlight {
    Sequence sequence;
    Clock::TimePoint deadline;
  };

  void Settle();

  Kept kept_;
  Position cursor_;
  std::deque<InFlight> in_flight_;  // Ascending, between `acknowledged` and the cursor.
  Clock::TimePoint not_before_{};
  std::uint64_t failed_ = 0;  // The event that the backoff is for.
  std::uint64_t suspect_until_ = 0;
};

}  // namespace notify::agent::consumer
