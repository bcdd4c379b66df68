#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/async/runtime.hpp"
#include "agent/async/task_group.hpp"
#include "agent/consumer/consumer_metrics.hpp"
#include "agent/consumer/consumer_store.hpp"
#include "agent/consumer/dead_letter_store.hpp"
#include "agent/consumer/fetched.hpp"
#include "agent/consumer/page_reader.hpp"
#include "agent/consumer/redrive_lane.hpp"
#include "agent/consumer/window.hpp"
#include "agent/flow/event_source.hpp"
#include "agent/store/tenant_database.hpp"

namespace notify::agent::consumer {

/// What consumers work with; all of it outlives them.
struct ConsumerParts {
  async::Runtime& runtime;
  EventSource& events;
  store::TenantDatabases& databases;
  telemetry::Metrics& metrics;
};

/// One durable consumer: hands out the events that it asks for, in their order, at least once,
/// until each is acknowledged or in the dead letters. Any number of callers may fetch from it: an
/// event goes to one of them at a time, and an acknowledgement counts for what all of them were
/// given. One of the hub has one holder at a time instead, the last that began.
///
/// Append first, cursor second: what was handed out is written before it goes out, so that a
/// restart knows what it sends again; an acknowledgement is written before it is answered; a dead
/// letter and the position that moves past it are one transaction.
///
/// Lifetime: shared by the engine and the calls under way; Close() before the engine drops it.
/// Threads:  the platform executor.
class Consumer : public std::enable_shared_from_this<Consumer> {
 public:
  /// `tasks` outlives it. LoadRetrying() follows.
  Consumer(ConsumerParts parts, async::TaskGroup& tasks, TenantHandle tenant,
           StoredConsumer stored);
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  /// What there is, waiting for it as long as the request says. Nothing is an answer, too.
  ///
  /// kConflict     the request's claim is not the last that began.
  /// kUnavailable  waits end, and the request has a claim.
  async::Task<Result<Fetched>> Fetch(FetchRequest request);

  /// Everything up to `position` is done; where it stands then. Durable when it returns.
  /// `position` is at or before the log's end.
  ///
  /// kGap       the position is of another log.
  /// kConflict  `claim` is not the last that began.
  Result<Position> Acknowledge(Position position, std::uint64_t claim = 0);

  /// Where a holder begins.
  struct Standing {
    Position after;
    std::optional<Gap> gap;
  };
  /// A new holder, whose requests have `claim`, a number that no other has: what is in flight goes
  /// out again, without a failure, and calls of the holder before end.
  async::Task<Result<Standing>> Begin(std::uint64_t claim);
  /// The holder is gone. Nothing where it is not the last that began.
  void End(std::uint64_t claim);

  /// One event failed: it and all behind it are handed out again, or it goes to the dead letters.
  /// One that is not in flight (any more) changes nothing.
  async::Task<Result<Refusal>> Refuse(Position position);

  /// What Fetch gave did not reach its caller: it goes out again at once, without a failure.
  void TakeBack(const Fetched& fetched, Reached reached);

  /// Whether a position can be acknowledged without looking where the log ends.
  bool IsKnown(Position position) const;

  /// Whether the claim is the last that began; 0: nobody's, which always is.
  bool IsHeldBy(std::uint64_t claim) const { return claim == 0 || claim == holder_; }

  void HeadMoved(Position head);
  /// Another filter, other limits; another position where `after` is one. Durable when it returns.
  Status Change(ConsumerSpec spec, std::optional<Position> after);
  /// Takes up the dead letters that were given back, as state.db has them.
  Status LoadRetrying();
  /// Takes up one that was just given back.
  void GiveBack(const DeadLetter& letter);
  /// A dead letter of the tenant was taken away; `event`, where it was this consumer's.
  void DeadLetterGone(std::optional<Position> event);

  /// Writes where it stands where that is not written, and lets go of what it read ahead.
  Status Rest();
  /// Whether nobody used it for longer than it allows.
  bool IsExpired() const;
  /// Calls end with `why`; no timer runs.
  void Close(Error why);
  /// Waiting calls end with nothing, also later ones.
  void EndWaits();

  const ConsumerSpec& spec() const { return stored_.spec; }
  const StoredConsumer& stored() const { return stored_; }
  /// As the API shows it.
  std::string Json() const;

 private:
  class Turn;

  async::Task<Result<Fetched>> Take(const FetchRequest& request, Clock::TimePoint scan_until);
  Status TakeRedriven(const FetchRequest& request, Fetched& fetched);
  bool Wants(const FetchRequest& request, const RecordKeys& event) const;
  /// Reads the page behind the cursor. False where meanwhile the cursor moved.
  async::Task<Result<bool>> ReadAhead();
  void Walk(const FetchRequest& request, Fetched& fetched);
  /// Ends the given-back letters in flight up to `position`.
  Status AcknowledgeLane(Position position);
  Status KeepHanded(Fetched& fetched);
  Fetched Nothing() const;
  /// Why a call ends, where it does: closed, or another holds the consumer.
  std::optional<Error> Refused(std::uint64_t claim) const;
  void RewindAll();

  /// Whether it was the last attempt.
  bool Charge(Sequence sequence);
  void ChargeRedriven(Position event);
  /// The task may be the last one to know the consumer.
  static async::Task<void> Bury(std::shared_ptr<Consumer> self);
  async::Task<Status> BuryOne(Sequence sequence);
  bool IsDying(Sequence sequence) const;

  Result<store::Database*> State();
  Status Save();
  Status SaveIfChanged();
  void Touch();
  bool HasRoom() const;
  /// Whether looking again at once can find something.
  bool MayFindMore() const;
  void Wake();
  void Measure();
  void Arm();
  void OnTimer();

  const ConsumerParts parts_;
  async::TaskGroup& tasks_;
  const TenantHandle tenant_;
  ConsumerMetrics metrics_;
  StoredConsumer stored_;  // As state.db has it.
  std::int64_t used_ms_ = 0;

  Window window_;
  RedriveLane lane_;
  PageReader page_;
  Position head_;
  std::vector<Sequence> dying_;  // Out of attempts; nothing goes out until they are buried.
  bool burying_ = false;
  std::optional<Error> bury_error_;  // Why they cannot be, since the last try.

  std::uint64_t holder_ = 0;  // The last claim that began; 0: nobody.
  bool busy_ = false;         // A call takes events.
  bool waits_end_ = false;
  std::optional<Error> closed_;
  std::size_t waiters_ = 0;
  std::size_t turn_waiters_ = 0;
  async::Signal turn_ended_;
  async::Signal changed_;
  async::Signal buried_;
  async::Signal bury_again_;
  async::TimerId timer_;
};

}  // namespace notify::agent::consumer
