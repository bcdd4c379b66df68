#include "agent/eventlog/storage_shard.hpp"

#include <algorithm>
#include <utility>

#include "common/failpoint.hpp"

namespace notify::agent::eventlog {
StorageShard::StorageShard(async::Executor& executor, std::unique_ptr<CommitLog> log,
                           Random& random, const Clock& clock, const LogOptions& options,
                           Observers observers)
    : executor_(executor),
      log_(std::move(log)),
      sealer_(random),
      clock_(clock),
      options_(options),
      observers_(std::move(observers)) {}

bool StorageShard::Reserve(std::size_t bytes, bool own) {
  const std::size_t before = reserved_bytes_.fetch_add(bytes);
  // One batch always fits, however large: a limit below the largest batch would refuse it forever.
  if (own || before == 0 || before + bytes <= options_.intake_bytes) return true;
  reserved_bytes_.fetch_sub(bytes);
  return false;
}

void StorageShard::Submit(Submission& submission) {
  const Error* const why = submission.own ? nullptr : RefusalOf(submission.tenant.id());
  if (why != nullptr) {
    Answer(submission, *why);
    return;
  }
  queue_.push_back(&submission);
  PostPump();
}

void StorageShard::Refuse(const TenantId& tenant, std::optional<Error> why) {
  if (why) {
    refused_.insert_or_assign(tenant, std::move(*why));
  } else {
    refused_.erase(tenant);
  }
}

const Error* StorageShard::RefusalOf(const TenantId& tenant) const {
  if (all_refused_) return &*all_refused_;
  const auto found = refused_.find(tenant);
  return found == refused_.end() ? nullptr : &found->second;
}

void StorageShard::BeginsAt(const TenantId& tenant, Sequence first) {
  const auto found = logs_.find(tenant);
  if (found != logs_.end()) found->second->BeginsAt(first);
}

void StorageShard::Stored(const TenantHandle& tenant, const StoredExtent& extent,
                          std::uint64_t journal_bytes) {
  const auto found = logs_.find(tenant.id());
  if (found == logs_.end() || found->second->epoch() != tenant.record().epoch) return;
  found->second->Stored(extent, journal_bytes);
}

void StorageShard::PostPump() {
  if (waiting_for_room_ || std::exchange(pump_posted_, true)) return;
  // Posted behind what has arrived already, so that all of it goes into one commit.
  executor_.Post([this] { Pump(); });
}

void StorageShard::Pump() {
  pump_posted_ = false;
  const std::vector<Submission*> turn = TakeTurn();
  if (MakeRoomFor(turn)) {
    std::vector<Taken> taken = NumberAll(turn);
    CommitAll(taken);
    BoundTails();
    if (!queue_.empty()) PostPump();
  }
}

std::vector<Submission*> StorageShard::TakeTurn() {
  std::vector<Submission*> turn;
  std::deque<Submission*> later;
  std::map<TenantId, std::size_t> used;
  std::size_t all = 0;
  for (Submission* submission : queue_) {
    std::size_t& bytes = used[submission->tenant.id()];
    if (bytes < options_.turn_bytes && all < options_.commit_bytes) {
      turn.push_back(submission);
      bytes += submission->batch.stored_bytes();
      all += submission->batch.stored_bytes();
    } else {
      later.push_back(submission);
    }
  }
  queue_ = std::move(later);
  // Each tenant's blocks together, in the order of their arrival.
  std::ranges::stable_sort(turn, {},
                           [](const Submission* s) -> const TenantId& { return s->tenant.id(); });
  return turn;
}

bool StorageShard::MakeRoomFor(const std::vector<Submission*>& turn) {
  std::size_t bytes = 0;
  for (const Submission* submission : turn) bytes += submission->batch.journal_bytes();
  const Status made = log_->MakeRoom(bytes);
  if (made) return true;
  queue_.insert(queue_.begin(), turn.begin(), turn.end());
  // The background writer is behind: GenerationMoved goes on with the queue, which is bounded.
  waiting_for_room_ = made.error().code == Errc::kUnavailable && !cannot_move_;
  if (!waiting_for_room_) RefuseQueued(cannot_move_.value_or(made.error()));
  return false;
}

void StorageShard::RefuseQueued(const Error& why) {
  for (Submission* submission : std::exchange(queue_, {})) Answer(*submission, why);
}

std::vector<StorageShard::Taken> StorageShard::NumberAll(const std::vector<Submission*>& turn) {
  std::vector<Taken> taken;
  taken.reserve(turn.size());
  const std::int64_t now_ms = NowMs();
  for (Submission* submission : turn) {
    auto log = LogOf(submission->tenant);
    if (!log) {
      Answer(*submission, log.error());
      continue;
    }
    auto numbered = (*log)->Number(std::move(submission->batch), now_ms);
    if (!numbered) {
      broken_.push_back(submission->tenant.id());
      Answer(*submission, numbered.error());
      continue;
    }
    taken.push_back({submission, std::move(*numbered)});
  }
  return taken;
}

void StorageShard::CommitAll(std::vector<Taken>& taken) {
  std::vector<BlockToCommit> blocks;
  for (Taken& one : taken) {
    if (one.numbered.block) blocks.push_back(std::move(*one.numbered.block));
  }
  std::vector<Error> why;
  const auto begun = clock_.Now();
  std::vector<CommitOutcome> outcomes = log_->Commit(blocks, why);
  if (NOTIFY_FAILPOINT(kAcknowledgeUnproven))
    outcomes.assign(blocks.size(), CommitOutcome::kDurable);
  CommitReport report{0, blocks.size(), clock_.Now() - begun};

  std::map<TenantId, std::pair<CommitOutcome, Error>> failed;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (outcomes[i] != CommitOutcome::kDurable) {
      failed.emplace(blocks[i].tenant.id(), std::pair(outcomes[i], why[i]));
    }
  }
  // What proved nothing is opened again before anybody asks: no number of it was seen.
  for (const auto& [tenant, reason] : failed) Drop(tenant);
  for (Taken& one : taken) {
    // A duplicate of an event in the same commit shares that event's fate.
    const auto reason = failed.find(one.submission->tenant.id());
    if (reason != failed.end()) {
      Finish(one, reason->second.first, reason->second.second);
    } else {
      report.events += one.numbered.outcome.accepted;
      Finish(one, CommitOutcome::kDurable, {});
    }
  }
  for (const TenantId& tenant : std::exchange(broken_, {})) Drop(tenant);
  if (report.blocks > 0 && observers_.committed) observers_.committed(report);
}

void StorageShard::Finish(Taken& taken, CommitOutcome outcome, const Error& why) {
  Submission& submission = *taken.submission;
  if (outcome == CommitOutcome::kDurable) {
    submission.admission.Settle(taken.numbered.outcome.accepted);
    if (taken.numbered.batch) {
      TenantLog& log = *logs_.at(submission.tenant.id());
      tails_bytes_ -= log.tail_bytes();
      log.Committed(taken.numbered.batch, taken.numbered.block_bytes);
      tails_bytes_ += log.tail_bytes();
      observers_.head_moved(submission.tenant,
                            {taken.numbered.outcome.epoch, taken.numbered.batch->last()});
    }
    Answer(submission, std::move(taken.numbered.outcome));
    return;
  }
  Error error = why;
  if (outcome == CommitOutcome::kUnknown) {
    error = Fail(Errc::kOutcomeUnknown,
                 "The log could not be synced, so it is not known whether the "
                 "events are stored: " +
                     why.detail,
                 "Publish again with the same id; a stored event is recognised.");
  } else if (error.code != Errc::kStorageFull) {
    error.code = Errc::kUnavailable;
  }
  Answer(submission, std::move(error));
}

void StorageShard::Answer(Submission& submission, Result<AppendOutcome> answer) {
  reserved_bytes_.fetch_sub(submission.reserved);
  submission.answer.emplace(std::move(answer));
  const async::ResumePoint waiter = submission.waiter;
  waiter.Schedule();  // The submission may be gone from here on.
}

Result<TenantLog*> StorageShard::LogOf(const TenantHandle& tenant) {
  const std::int64_t now_ms = NowMs();
  auto found = logs_.find(tenant.id());
  if (found == logs_.end()) {
    MakeRoom();
    auto opened = TenantLog::Open(tenant, {*log_, sealer_, filters_, streams_, options_}, now_ms);
    if (!opened) return opened.error();
    found = logs_.emplace(tenant.id(), std::move(*opened)).first;
  }
  found->second->last_used_ms = now_ms;
  return found->second.get();
}

void StorageShard::Detach(const TenantId& tenant, const LiveFeed& feed) {
  const auto found = logs_.find(tenant);
  if (found != logs_.end()) found->second->Detach(feed);
}

void StorageShard::MakeRoom() {
  if (logs_.size() < options_.max_live) return;
  auto oldest = logs_.end();
  for (auto candidate = logs_.begin(); candidate != logs_.end(); ++candidate) {
    if (!candidate->second->idle()) continue;
    if (oldest == logs_.end() || candidate->second->last_used_ms < oldest->second->last_used_ms) {
      oldest = candidate;
    }
  }
  if (oldest != logs_.end()) Drop(TenantId(oldest->first));
}

void StorageShard::CloseIdle() {
  const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(options_.idle_close);
  std::vector<TenantId> idle;
  for (const auto& [tenant, log] : logs_) {
    if (log->idle() && NowMs() - log->last_used_ms > limit.count()) idle.push_back(tenant);
  }
  for (const TenantId& tenant : idle) Drop(tenant);
  log_->CloseFiles();
}

void StorageShard::CloseAll() {
  RefuseQueued(Fail(Errc::kUnavailable, "The agent is stopping."));
  while (!logs_.empty()) Drop(TenantId(logs_.begin()->first));
  log_->CloseFiles();
}

void StorageShard::Forget(const TenantId& tenant) {
  std::vector<Submission*> refused;
  std::erase_if(queue_, [&](Submission* submission) {
    if (submission->tenant.id() != tenant) return false;
    refused.push_back(submission);
    return true;
  });
  for (Submission* submission : refused) {
    Answer(*submission, Fail(Errc::kTenantNotFound, "The tenant is being deleted."));
  }
  Drop(tenant);
  refused_.erase(tenant);
  log_->Forget(tenant);
}

void StorageShard::GenerationMoved(std::uint64_t generation) {
  for (const auto& [tenant, log] : logs_) log->KeysMoved(generation);
  cannot_move_.reset();
  GoOn();
}

void StorageShard::MovingFailed(Error why) {
  if (why.code != Errc::kStorageFull) why.code = Errc::kUnavailable;
  cannot_move_ = std::move(why);
  GoOn();
}

void StorageShard::GoOn() {
  waiting_for_room_ = false;
  if (!queue_.empty()) PostPump();
}

void StorageShard::BoundTails() {
  if (tails_bytes_ <= options_.tails_bytes) return;
  std::vector<TenantLog*> by_age;
  for (const auto& [tenant, log] : logs_) by_age.push_back(log.get());
  std::ranges::sort(by_age, {}, &TenantLog::last_used_ms);
  // Down to half, so that this is not done for every commit.
  for (TenantLog* log : by_age) {
    if (tails_bytes_ <= options_.tails_bytes / 2) return;
    tails_bytes_ -= log->tail_bytes();
    log->DropTail();
  }
}

void StorageShard::Drop(const TenantId& tenant) {
  const auto found = logs_.find(tenant);
  if (found != logs_.end()) {
    tails_bytes_ -= found->second->tail_bytes();
    found->second->DropFeeds();
    logs_.erase(found);
  }
}

std::int64_t StorageShard::NowMs() const {
  return std::chrono::floor<std::chrono::milliseconds>(clock_.WallNow()).time_since_epoch().count();
}

}  // namespace notify::agent::eventlog
