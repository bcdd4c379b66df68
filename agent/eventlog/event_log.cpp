#include "agent/eventlog/event_log.hpp"

#include <algorithm>
#include <utility>

#include "agent/async/run_on.hpp"

namespace notify::agent::eventlog {
namespace {

// After so many calls of CloseIdle without a commit what lies in a journal is moved.
constexpr int kQuietLooks = 6;

/// Hands a submission to its storage thread and waits for the answer.
struct Submitting {
  StorageShard& shard;
  Submission& submission;
  bool await_ready() const noexcept { return false; }
  template <typename P>
  void await_suspend(std::coroutine_handle<P> caller) {
    submission.waiter = async::PointOf(caller);
    shard.executor().Post([this] { shard.Submit(submission); });
  }
  void await_resume() const noexcept {}
};

/// Where reading begins for someone who asks for `after`, and the gap where that is elsewhere.
Position Begin(const LogHead& head, Position after, std::optional<Gap>& gap) {
  const Position start{head.epoch, Sequence{head.first.value - 1}};
  const auto resume = [&](Gap::Reason reason, Position at, std::optional<std::uint64_t> missed) {
    gap = Gap{reason, after, at, missed};
    return at;
  };
  if (after.epoch.value != 0 && after.epoch != head.epoch) {
    return resume(Gap::Reason::kEpoch, start, std::nullopt);
  }
  if (after.sequence > head.last) {
    return resume(Gap::Reason::kAhead, {head.epoch, head.last}, std::nullopt);
  }
  if (after.sequence < start.sequence) {
    return resume(Gap::Reason::kRetention, start, start.sequence.value - after.sequence.value);
  }
  return {head.epoch, after.sequence};
}

}  // namespace

/// A head on its way to the consumers: while one is under way, it only grows.
struct EventLog::Announcement {
  std::atomic<std::uint64_t> sequence{0};
  std::atomic<bool> under_way{false};
};

EventLog::EventLog(async::Runtime& runtime, LogOptions options, std::string folder)
    : runtime_(runtime), options_(options), folder_(std::move(folder)) {
  writer_ = std::make_unique<BackgroundWriter>(
      runtime, options_.key_horizon(), [this] { return Pressure(); },
      [this] { return RoomForSegments(); });
  retention_ = std::make_unique<RetentionKeeper>(KeeperParts());
  compactions_ = std::make_unique<Compactions>(
      Compactions::Parts{runtime, *writer_, [this] { return RoomForSegments(); },
                         [this](const TenantHandle& tenant, const StoredExtent& extent) {
                           TellStored(tenant, extent);
                         }});
  for (std::size_t i = 0; i < runtime.storage_threads(); ++i) threads_.push_back(MakeThread(i));
  reader_ = std::make_unique<LogReader>(runtime.files(), runtime.random(), options_.max_open,
                                        options_.cache_bytes);
}

EventLog::~EventLog() = default;

std::unique_ptr<EventLog::Thread> EventLog::MakeThread(std::size_t index) {
  auto thread = std::make_unique<Thread>();
  Thread& made = *thread;
  auto log = std::make_unique<JournalCommitLog>(
      runtime_.files(),
      Journal::Options{JournalBase(folder_, index, runtime_.storage_threads()),
                       options_.journal_bytes, [this] { return RoomForSegments().has_value(); }},
      options_.max_open, [this, &made](FullGeneration full) {
        const std::uint64_t generation = full.generation;
        writer_->Move(
            std::move(full),
            {[this, &made, generation] { Moved(made, generation); },
             [this](const TenantHandle& tenant, const StoredExtent& extent) {
               retention_->Moved(tenant, extent);
               compactions_->Moved(tenant);
             },
             [&made](const Error& why) {
               made.shard->executor().Post([&made, why] { made.shard->MovingFailed(why); });
             }});
      });
  thread->log = log.get();
  thread->shard = std::make_unique<StorageShard>(
      runtime_.storage(index), std::move(log), runtime_.random(), runtime_.clock(), options_,
      StorageShard::Observers{[this, &made](const TenantHandle& tenant, Position head) {
                                Announce(made, tenant, head);
                              },
                              [this](const CommitReport& report) {
                                if (on_commit_) on_commit_(report);
                              }});
  return thread;
}

void EventLog::Moved(Thread& thread, std::uint64_t generation) {
  thread.shard->executor().Post([&thread, generation] {
    thread.log->Release(generation);
    thread.shard->GenerationMoved(generation);
  });
}

unsigned EventLog::Pressure() const {
  unsigned most = 0;
  for (const auto& thread : threads_) most = std::max(most, thread->log->fill_percent());
  return most;
}

void EventLog::Announce(Thread& thread, const TenantHandle& tenant, Position head) {
  auto& announcement = thread.announcements[tenant.id()];
  if (!announcement) announcement = std::make_shared<Announcement>();
  announcement->sequence.store(head.sequence.value);
  if (announcement->under_way.exchange(true)) return;
  runtime_.platform().Post([this, tenant, announcement, epoch = head.epoch] {
    announcement->under_way.store(false);
    const Position now{epoch, Sequence{announcement->sequence.load()}};
    for (EventConsumer* consumer : consumers_) consumer->HeadMoved(tenant, now);
  });
}

async::Task<Result<AppendOutcome>> EventLog::Append(TenantHandle tenant, Admission admission,
                                                    SealedBatch batch, bool own) {
  StorageShard& shard = *ThreadOf(tenant).shard;
  if (batch.size() == 0) co_return AppendOutcome{.epoch = tenant.record().epoch};
  const std::size_t room = batch.bytes() + sizeof(Submission);
  if (!shard.Reserve(room, own)) {
    Error error = Fail(Errc::kOverloaded, "The agent's intake queue is full.");
    error.retry_after = std::chrono::seconds(1);
    co_return error;
  }
  Submission submission{
      std::move(tenant), std::move(admission), std::move(batch), {}, room, own, {}};
  Submitting submitting{shard, submission};
  co_await submitting;
  co_return std::move(*submission.answer);
}

async::Task<Result<LogHead>> EventLog::Head(TenantHandle tenant) {
  StorageShard& shard = *ThreadOf(tenant).shard;
  const auto ask = [&]() -> Result<LogHead> {
    auto log = shard.LogOf(tenant);
    if (!log) return log.error();
    return (*log)->Head();
  };
  async::CallOn asking(shard.executor(), ask);
  co_return co_await asking;
}

async::Task<Result<StreamHead>> EventLog::Stream(TenantHandle tenant, std::string name) {
  StorageShard& shard = *ThreadOf(tenant).shard;
  const auto ask = [&]() -> Result<StreamHead> {
    auto log = shard.LogOf(tenant);
    if (!log) return log.error();
    return (*log)->Stream(name);
  };
  async::CallOn asking(shard.executor(), ask);
  co_return co_await asking;
}

/// Where the events behind a position are.
struct EventLog::Place {
  ReadPage page;  ///< With what memory holds of them.
  Sequence head;
  bool on_disk = false;
  std::optional<JournaledBlocks> journal;  ///< On disk, and nothing: in the segments.
  Sequence stored_last;                    ///< So far the segments must have all of them.
};

Result<EventLog::Place> EventLog::Locate(const TenantHandle& tenant, Position after,
                                         std::size_t max_bytes) {
  Thread& thread = ThreadOf(tenant);
  auto log = thread.shard->LogOf(tenant);
  if (!log) return log.error();
  const LogHead head = (*log)->Head();
  Place place;
  place.page.after = Begin(head, after, place.page.gap);
  place.head = head.last;
  if (auto tail = (*log)->ReadTail(place.page.after.sequence, max_bytes)) {
    place.page.batches = std::move(*tail);
    return place;
  }
  place.on_disk = true;
  place.journal = thread.log->After(tenant, place.page.after.sequence, max_bytes);
  const auto journaled = thread.log->First(tenant);
  place.stored_last = journaled ? Sequence{journaled->value - 1} : head.last;
  return place;
}

async::Task<Result<ReadPage>> EventLog::Read(TenantHandle tenant, Position after,
                                             std::size_t max_bytes) {
  return Read(std::move(tenant), after, max_bytes, WantedEvents{});
}

async::Task<Result<ReadPage>> EventLog::Read(TenantHandle tenant, Position after,
                                             std::size_t max_bytes, WantedEvents wanted) {
  async::Executor& storage = ThreadOf(tenant).shard->executor();
  constexpr int kTries = 3;
  for (int tries = 1;; ++tries) {
    const auto locate = [&] { return Locate(tenant, after, max_bytes); };
    async::CallOn locating(storage, locate);
    auto place = co_await locating;
    if (!place) co_return place.error();
    ReadPage page = std::move(place->page);
    if (place->on_disk) {
      const auto read = [&] {
        return place->journal ? reader_->ReadJournal(tenant, page.after.sequence, *place->journal,
                                                     tries == kTries)
                              : reader_->ReadStored(tenant, page.after.sequence, max_bytes, wanted);
      };
      async::CallOn reading(runtime_.reader(), read);
      auto found = co_await reading;
      if (!found) co_return found.error();
      if (found->stale) continue;
      if (!place->journal && found->covered == page.after.sequence &&
          found->covered < place->stored_last) {
        // Retention may have taken them meanwhile, which the next look says; else they are nowhere.
        if (tries < kTries) continue;
        found->hole_before = found->covered = place->stored_last;
      }
      if (found->hole_before) {
        // Removed between asking where the log begins and reading.
        const auto reason = found->is_front ? Gap::Reason::kRetention : Gap::Reason::kDamaged;
        if (!page.gap) page.gap = Gap{reason, page.after, {}, 0};
        page.gap->resumed_after = {page.after.epoch, *found->hole_before};
        page.gap->missed = found->hole_before->value - page.gap->requested.sequence.value;
      }
      page.batches = std::move(found->batches);
      page.after.sequence = found->covered;
      if (found->is_scan && found->covered < place->stored_last) {
        runtime_.reader().Post([this, tenant, covered = found->covered, max_bytes, wanted] {
          reader_->ReadAhead(tenant, covered, max_bytes, wanted);
        });
      }
    } else if (!page.batches.empty()) {
      page.after.sequence = page.batches.back()->last();
    }
    page.at_head = page.after.sequence >= place->head;
    co_return page;
  }
}

async::Task<Result<Position>> EventLog::Attach(TenantHandle tenant, async::Executor& executor,
                                               std::shared_ptr<LiveFeed> feed) {
  StorageShard& shard = *ThreadOf(tenant).shard;
  const auto attach = [&]() -> Result<Position> {
    auto log = shard.LogOf(tenant);
    if (!log) return log.error();
    (*log)->Attach(executor, feed);
    const LogHead head = (*log)->Head();
    return Position{head.epoch, head.last};
  };
  async::CallOn attaching(shard.executor(), attach);
  co_return co_await attaching;
}

void EventLog::Detach(TenantHandle tenant, std::shared_ptr<LiveFeed> feed) {
  StorageShard& shard = *ThreadOf(tenant).shard;
  shard.executor().Post([&shard, tenant, feed] { shard.Detach(tenant.id(), *feed); });
}

async::Task<Result<std::optional<EventLog::Found>>> EventLog::Find(TenantHandle tenant,
                                                                   std::string id,
                                                                   std::string source) {
  const JournaledBlocks journal = co_await Journaled(tenant);
  const auto find = [&] { return reader_->Find(tenant, id, source, journal); };
  async::CallOn finding(runtime_.reader(), find);
  auto found = co_await finding;
  if (!found || !*found) co_return found;
  // A block may lie in the journal for a while after retention removed it.
  const auto head = co_await Head(tenant);
  if (!head) co_return head.error();
  if ((*found)->batch->first.value + (*found)->index < head->first.value) {
    co_return std::optional<Found>();
  }
  co_return found;
}

async::Task<Result<Position>> EventLog::Before(TenantHandle tenant, Clock::WallTime time) {
  const std::int64_t ms =
      std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
  Thread& thread = ThreadOf(tenant);
  JournaledBlocks journal;
  const auto ask = [&]() -> Result<LogHead> {
    auto log = thread.shard->LogOf(tenant);
    if (!log) return log.error();
    journal = thread.log->All(tenant);
    return (*log)->Head();
  };
  async::CallOn asking(thread.shard->executor(), ask);
  const auto head = co_await asking;
  if (!head) co_return head.error();
  const auto find = [&] { return reader_->Before(tenant, ms, journal, head->last); };
  async::CallOn finding(runtime_.reader(), find);
  const auto found = co_await finding;
  if (!found) co_return found.error();
  co_return Position{tenant.record().epoch, std::max(*found, Sequence{head->first.value - 1})};
}

async::Task<JournaledBlocks> EventLog::Journaled(TenantHandle tenant) {
  Thread& thread = ThreadOf(tenant);
  const auto ask = [&] { return thread.log->All(tenant); };
  async::CallOn asking(thread.shard->executor(), ask);
  co_return co_await asking;
}

async::Task<Result<LogStat>> EventLog::Stat(TenantHandle tenant) {
  const JournaledBlocks journal = co_await Journaled(tenant);
  const auto read = [&] { return reader_->Stat(tenant, journal); };
  async::CallOn reading(runtime_.reader(), read);
  co_return co_await reading;
}

async::Task<Result<LogCheck>> EventLog::Check(TenantHandle tenant) {
  LogCheck check;
  Sequence after;
  while (true) {
    const auto look = [&] { return reader_->CheckStored(tenant, after, check); };
    async::CallOn looking(runtime_.reader(), look);
    const auto came = co_await looking;
    if (!came) co_return came.error();
    if (*came == after) break;
    after = *came;
  }
  const JournaledBlocks journal = co_await Journaled(tenant);
  const auto rest = [&]() -> Status {
    const auto came = reader_->CheckJournal(tenant, after, journal, check);
    if (!came) return came.error();
    return reader_->CheckKeyRuns(tenant, check);
  };
  async::CallOn looking(runtime_.reader(), rest);
  if (auto looked = co_await looking; !looked) co_return looked.error();
  co_return check;
}

async::Task<void> EventLog::LetGo(TenantHandle tenant) {
  if (tenant.record().state != TenantState::kDeleting) co_return;
  StorageShard& shard = *ThreadOf(tenant).shard;
  const auto forget_shard = [&] { shard.Forget(tenant.id()); };
  async::CallOn forgetting(shard.executor(), forget_shard);
  co_await forgetting;
  async::RunOn moving(runtime_.background(), writer_->Forget(tenant.id()));
  co_await moving;
  const auto forget_limits = [&] {
    retention_->Forget(tenant.id());
    compactions_->Forget(tenant.id());
  };
  async::CallOn letting_go(runtime_.background(), forget_limits);
  co_await letting_go;
  const auto forget_reader = [&] { reader_->Forget(tenant.id()); };
  async::CallOn closing(runtime_.reader(), forget_reader);
  co_await closing;
}

async::Task<void> EventLog::Close() {
  async::RunOn stopping(runtime_.background(), writer_->Stop());
  co_await stopping;
  for (auto& thread : threads_) {
    const auto close = [&thread] { thread->shard->CloseAll(); };
    async::CallOn closing(thread->shard->executor(), close);
    co_await closing;
  }
  const auto close_reader = [this] { reader_->CloseAll(); };
  async::CallOn closing(runtime_.reader(), close_reader);
  co_await closing;
}

void EventLog::CloseIdle() {
  for (auto& thread : threads_) {
    thread->shard->executor().Post([this, target = thread.get()] {
      target->shard->CloseIdle();
      MoveWhenQuiet(*target);
    });
  }
  runtime_.reader().Post([this] { reader_->CloseIdle(); });
}

void EventLog::MoveWhenQuiet(Thread& thread) {
  const JournalCommitLog::Mark mark = thread.log->mark();
  thread.quiet_looks = mark == thread.seen ? thread.quiet_looks + 1 : 0;
  thread.seen = mark;
  // Again at each look: the other file may not be moved yet.
  if (thread.quiet_looks >= kQuietLooks) thread.log->EndGeneration();
}

}  // namespace notify::agent::eventlog
