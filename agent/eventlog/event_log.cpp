#include "agent/eventlog/event_log.hpp"

#include <algorithm>
#include <list>
#include <utility>

#include "agent/async/run_on.hpp"

namespace notify::agent::eventlog {
namespace {

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

/// Reads history from disk, on the reader executor, with files of its own.
class EventLog::Reader {
 public:
  Reader(std::unique_ptr<CommitLog> log, Random& random, std::size_t max_open)
      : log_(std::move(log)), sealer_(random), max_open_(max_open) {}

  Result<std::vector<BatchPtr>> Read(const TenantHandle& tenant, Sequence after,
                                     std::size_t max_bytes) {
    if (auto opened = Open(tenant); !opened) return opened.error();
    const auto blocks = log_->Read(tenant, after, max_bytes);
    if (!blocks) return blocks.error();
    std::vector<BatchPtr> batches;
    for (const std::string& block : *blocks) {
      auto batch = sealer_.Open(tenant, block);
      if (!batch) return batch.error();
      batches.push_back(std::move(*batch));
    }
    return batches;
  }

  Result<std::optional<Found>> Find(const TenantHandle& tenant, std::string_view id,
                                    std::string_view source) {
    if (auto opened = Open(tenant); !opened) return opened.error();
    const std::uint64_t key = sealer_.IdKey(tenant, id);
    Sequence below{UINT64_MAX >> 1};
    while (true) {
      const auto sequence = log_->FindId(tenant, key, below);
      if (!sequence) return sequence.error();
      if (!*sequence) return std::optional<Found>();
      auto batches = Read(tenant, Sequence{(*sequence)->value - 1}, 1);
      if (!batches) return batches.error();
      // Two ids can share a key: the stored event decides.
      for (const BatchPtr& batch : *batches) {
        if (batch->first > **sequence || batch->last() < **sequence) continue;
        const std::size_t index = (*sequence)->value - batch->first.value;
        EventView event;
        if (!ReadRecord(batch->events.Record(index), event)) continue;
        if (event.id == id && (source.empty() || event.source == source)) {
          return std::optional<Found>(Found{batch, index});
        }
      }
      below = **sequence;
    }
  }

  Result<Sequence> Before(const TenantHandle& tenant, std::int64_t recorded_ms) {
    if (auto opened = Open(tenant); !opened) return opened.error();
    return log_->Before(tenant, recorded_ms);
  }

  void Forget(const TenantId& tenant) {
    open_.remove(tenant);
    log_->Close(tenant);
  }

  void CloseAll() {
    while (!open_.empty()) Forget(TenantId(open_.front()));
  }

 private:
  Status Open(const TenantHandle& tenant) {
    const auto found = std::ranges::find(open_, tenant.id());
    if (found != open_.end()) {
      open_.splice(open_.begin(), open_, found);
      return {};
    }
    if (open_.size() >= max_open_) Forget(TenantId(open_.back()));
    auto opened = log_->Open(tenant);
    if (!opened) return opened.error();
    open_.push_front(tenant.id());
    return {};
  }

  const std::unique_ptr<CommitLog> log_;
  BlockSealer sealer_;
  const std::size_t max_open_;
  std::list<TenantId> open_;  // Most recently used first.
};

/// A head on its way to the consumers: while one is under way, it only grows.
struct EventLog::Announcement {
  std::atomic<std::uint64_t> sequence{0};
  std::atomic<bool> under_way{false};
};

EventLog::EventLog(async::Runtime& runtime, LogOptions options, CommitLogFactory make_log)
    : runtime_(runtime), options_(options), announcements_(runtime.storage_threads()) {
  for (std::size_t i = 0; i < runtime.storage_threads(); ++i) {
    shards_.push_back(std::make_unique<StorageShard>(
        runtime.storage(i), make_log(), runtime.random(), runtime.clock(), options_,
        StorageShard::Observers{
            [this, i](const TenantHandle& tenant, Position head) { Announce(i, tenant, head); },
            [this](const CommitReport& report) {
              if (on_commit_) on_commit_(report);
            }}));
  }
  reader_ = std::make_unique<Reader>(make_log(), runtime.random(), options_.max_open);
}

EventLog::~EventLog() = default;

void EventLog::Announce(std::size_t shard, const TenantHandle& tenant, Position head) {
  auto& announcement = announcements_[shard][tenant.id()];
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
  StorageShard& shard = ShardOf(tenant);
  if (batch.size() == 0) co_return AppendOutcome{.epoch = tenant.record().epoch};
  const std::size_t room = batch.bytes() + sizeof(Submission);
  if (!shard.Reserve(room, own)) {
    Error error = Fail(Errc::kOverloaded, "The agent's intake queue is full.");
    error.retry_after = std::chrono::seconds(1);
    co_return error;
  }
  Submission submission{std::move(tenant), std::move(admission), std::move(batch), {}, room, {}};
  Submitting submitting{shard, submission};
  co_await submitting;
  co_return std::move(*submission.answer);
}

async::Task<Result<LogHead>> EventLog::Head(TenantHandle tenant) {
  StorageShard& shard = ShardOf(tenant);
  const auto ask = [&]() -> Result<LogHead> {
    auto log = shard.LogOf(tenant);
    if (!log) return log.error();
    return (*log)->Head();
  };
  async::CallOn asking(shard.executor(), ask);
  co_return co_await asking;
}

async::Task<Result<ReadPage>> EventLog::Read(TenantHandle tenant, Position after,
                                             std::size_t max_bytes) {
  StorageShard& shard = ShardOf(tenant);
  ReadPage page;
  Sequence head_last;
  bool from_disk = false;
  const auto look = [&]() -> Status {
    auto log = shard.LogOf(tenant);
    if (!log) return log.error();
    const LogHead head = (*log)->Head();
    page.after = Begin(head, after, page.gap);
    head_last = head.last;
    if (auto tail = (*log)->ReadTail(page.after.sequence, max_bytes)) {
      page.batches = std::move(*tail);
    } else {
      from_disk = true;
    }
    return {};
  };
  async::CallOn looking(shard.executor(), look);
  if (auto looked = co_await looking; !looked) co_return looked.error();
  if (from_disk) {
    const auto read = [&] { return reader_->Read(tenant, page.after.sequence, max_bytes); };
    async::CallOn reading(runtime_.reader(), read);
    auto batches = co_await reading;
    if (!batches) co_return batches.error();
    page.batches = std::move(*batches);
  }
  if (!page.batches.empty()) page.after.sequence = page.batches.back()->last();
  page.at_head = page.after.sequence >= head_last;
  co_return page;
}

async::Task<Result<Position>> EventLog::Attach(TenantHandle tenant, async::Executor& executor,
                                               std::shared_ptr<LiveFeed> feed) {
  StorageShard& shard = ShardOf(tenant);
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
  StorageShard& shard = ShardOf(tenant);
  shard.executor().Post([&shard, tenant, feed] { shard.Detach(tenant.id(), *feed); });
}

async::Task<Result<std::optional<EventLog::Found>>> EventLog::Find(TenantHandle tenant,
                                                                   std::string id,
                                                                   std::string source) {
  const auto find = [&] { return reader_->Find(tenant, id, source); };
  async::CallOn finding(runtime_.reader(), find);
  co_return co_await finding;
}

async::Task<Result<Position>> EventLog::Before(TenantHandle tenant, Clock::WallTime time) {
  const std::int64_t ms =
      std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
  const auto find = [&] { return reader_->Before(tenant, ms); };
  async::CallOn finding(runtime_.reader(), find);
  const auto found = co_await finding;
  if (!found) co_return found.error();
  co_return Position{tenant.record().epoch, *found};
}

async::Task<void> EventLog::LetGo(TenantHandle tenant) {
  if (tenant.record().state != TenantState::kDeleting) co_return;
  StorageShard& shard = ShardOf(tenant);
  const auto forget_shard = [&] { shard.Forget(tenant.id()); };
  async::CallOn forgetting(shard.executor(), forget_shard);
  co_await forgetting;
  const auto forget_reader = [&] { reader_->Forget(tenant.id()); };
  async::CallOn closing(runtime_.reader(), forget_reader);
  co_await closing;
}

async::Task<void> EventLog::Close() {
  for (auto& shard : shards_) {
    const auto close = [&shard] { shard->CloseAll(); };
    async::CallOn closing(shard->executor(), close);
    co_await closing;
  }
  const auto close_reader = [this] { reader_->CloseAll(); };
  async::CallOn closing(runtime_.reader(), close_reader);
  co_await closing;
}

void EventLog::CloseIdle() {
  for (auto& shard : shards_) {
    shard->executor().Post([target = shard.get()] { target->CloseIdle(); });
  }
  runtime_.reader().Post([this] { reader_->CloseAll(); });
}

}  // namespace notify::agent::eventlog
