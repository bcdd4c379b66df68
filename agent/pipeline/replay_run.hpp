#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/async/signal.hpp"
#include "agent/pipeline/replay_parts.hpp"
#include "agent/pipeline/replay_reader.hpp"
#include "agent/replay/replay.hpp"

namespace notify::agent::pipeline {

/// One replay while it runs: log, selection, pace, target. It pulls a page at a time and waits for
/// whoever takes the events, so that nobody but itself is slowed down.
///
/// What was sent is sent before the position moves, in the log as in state.db: what a crash repeats
/// has the same ids.
///
/// Lifetime: until Run() has returned; shared by it and by those who ask.
/// Threads:  the platform executor.
class ReplayRun {
 public:
  enum class Stop : std::uint8_t { kNone, kInterrupt, kCancel, kAgentEnds };

  ReplayRun(const ReplayParts& parts, const ReplayOptions& options, TenantHandle tenant,
            replay::Replay replay);
  ReplayRun(const ReplayRun&) = delete;
  ReplayRun& operator=(const ReplayRun&) = delete;

  /// Sends until the range is over, somebody stops it, or it cannot go on. The row says which.
  async::Task<void> Run();

  /// Ends the run soon, with the position after the last event that was sent.
  void Ask(Stop stop);
  /// Somebody asks after it: one that is attended goes on.
  void Attend();
  /// Whether it ends where nobody asks after it.
  void SetAttended(bool attended);
  /// Waits until the run has ended, at most `limit`.
  async::Task<void> WaitForEnd(Clock::Duration limit);

  const TenantHandle& tenant() const { return tenant_; }
  const replay::Replay& replay() const { return replay_; }
  /// Whether its events go into the log of `tenant`.
  bool WritesTo(const TenantId& tenant) const;

 private:
  EventSource& Source() const;
  using Picked = std::vector<PickedEvent>;

  async::Task<Status> Go();
  async::Task<Status> Deal(Picked events);
  /// Deals with events from `begin` on that are due; how many.
  async::Task<Result<std::size_t>> StoreSome(const Picked& events, std::size_t begin);
  async::Task<Status> SendOne(const PickedEvent& event);
  async::Task<Status> GiveLive(const PickedEvent& event, std::string envelope);
  async::Task<Status> PostOne(const PickedEvent& event, std::string envelope);
  /// Waits until an event is due.
  async::Task<void> WaitForTurn(const PickedEvent& event);
  /// Waits, unless the run is stopped.
  async::Task<void> Pause(Clock::Duration delay);

  bool stopped();
  bool IsNotSent(const PickedEvent& event);
  Clock::TimePoint DueOf(const PickedEvent& event);
  std::string EnvelopeOf(const PickedEvent& event) const;
  void NoteGap(const Gap& gap);
  Status Failed(const PickedEvent& event, const Error& error);
  void SaveIfDue();
  void Save();
  void Finish(const Status& outcome);

  const ReplayParts& parts_;
  const ReplayOptions& options_;
  const TenantHandle tenant_;
  std::optional<TenantHandle> destination_;  // Whose log is written.
  replay::Replay replay_;
  replay::Pace pace_;
  std::optional<Clock::TimePoint> due_;  // Of the event that is next.

  Stop stop_ = Stop::kNone;
  bool over_ = false;
  async::Signal wake_;
  async::Signal ended_;
  bool has_ended_ = false;

  Clock::TimePoint begun_;
  std::int64_t ran_before_ms_ = 0;
  Clock::TimePoint attended_at_;
  Clock::TimePoint saved_at_;

  // Events that failed one after another: where they began, to go back there.
  struct Failures {
    std::size_t in_a_row = 0;
    Position before;
    replay::Counts counts;
  };
  Failures failures_;
};

}  // namespace notify::agent::pipeline
