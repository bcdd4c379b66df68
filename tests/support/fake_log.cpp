#include "tests/support/fake_log.hpp"

#include <algorithm>
#include <utility>

#include "agent/async/run_on.hpp"

namespace notify::testing_support {

using namespace agent;

void FakeLog::Commit(const std::string& tenant, std::vector<TestEvent> events) {
  runtime_.storage(0).Post(
      [this, tenant, events = std::move(events)] { CommitNow(tenant, events); });
}

void FakeLog::Publish(const std::string& tenant, int count, TestEvent event) {
  if (count == 0) return;
  runtime_.storage(0).Post([this, tenant, count, event = std::move(event)] {
    CommitNow(tenant, {event});
    Publish(tenant, count - 1, event);
  });
}

void FakeLog::CommitNow(const std::string& tenant, const std::vector<TestEvent>& events) {
  Log& log = logs_[tenant];
  auto batch = std::make_shared<CommittedBatch>();
  batch->epoch = log.epoch;
  batch->first = Sequence{log.last + 1};
  batch->recorded_ms = 1'767'225'600'000;
  for (const TestEvent& event : events) {
    EventView view;
    view.id = event.id;
    view.source = "/test";
    view.type = event.type;
    view.userid = event.userid;
    view.topic = event.topic;
    if (event.imported) view.extensions.push_back({kImportedAttribute, "true"});
    view.data_kind = DataKind::kJson;
    view.data = event.data;
    batch->events.offsets.push_back(static_cast<std::uint32_t>(batch->events.records.size()));
    AppendRecord(batch->events.records, view);
  }
  log.last += events.size();
  log.batches.push_back(batch);
  for (const Feed& feed : log.feeds) {
    feed.executor->Post([feed, batch] { feed.feed->OnBatch(batch); });
  }
}

void FakeLog::Lag(const std::string& tenant) {
  runtime_.storage(0).Post([this, tenant] {
    for (const Feed& feed : std::exchange(logs_[tenant].feeds, {})) {
      feed.executor->Post([feed] { feed.feed->OnLagging(); });
    }
  });
}

void FakeLog::Expire(const std::string& tenant, std::uint64_t last) {
  logs_[tenant].first = last + 1;
}

void FakeLog::Restore(const std::string& tenant, std::uint64_t epoch) {
  runtime_.storage(0).Post([this, tenant, epoch] {
    Log& log = logs_[tenant];
    log.epoch = Epoch{epoch};
    log.first = 1;
    log.last = 0;
    log.batches.clear();
    for (const Feed& feed : std::exchange(log.feeds, {})) {
      feed.executor->Post([feed] { feed.feed->OnLagging(); });
    }
  });
}

Result<ReadPage> FakeLog::ReadNow(const std::string& tenant, Position after,
                                  std::size_t max_bytes) {
  const Log& log = logs_[tenant];
  ReadPage page;
  page.after = {log.epoch, after.sequence};
  const auto skip = [&](Gap::Reason reason, std::uint64_t to) {
    page.after.sequence = Sequence{to};
    page.gap = Gap{reason, after, page.after, std::nullopt};
  };
  if (after.epoch.value != 0 && after.epoch != log.epoch) {
    skip(Gap::Reason::kEpoch, log.first - 1);
  } else if (after.sequence.value > log.last) {
    skip(Gap::Reason::kAhead, log.last);
  } else if (after.sequence.value + 1 < log.first) {
    skip(Gap::Reason::kRetention, log.first - 1);
  }
  std::size_t bytes = 0;
  for (const BatchPtr& batch : log.batches) {
    if (batch->last() <= page.after.sequence) continue;
    if (bytes > 0 && bytes + batch->events.records.size() > max_bytes) break;
    bytes += batch->events.records.size();
    page.batches.push_back(batch);
  }
  largest_page_ = std::max(largest_page_, bytes);
  if (!page.batches.empty()) page.after.sequence = page.batches.back()->last();
  page.at_head = page.after.sequence.value == log.last;
  return page;
}

async::Task<Result<ReadPage>> FakeLog::Read(TenantHandle tenant, Position after,
                                            std::size_t max_bytes) {
  const auto read = [&] { return ReadNow(tenant.id().text(), after, max_bytes); };
  async::CallOn reading(runtime_.storage(0), read);
  co_return co_await reading;
}

async::Task<Result<LogHead>> FakeLog::Head(TenantHandle tenant) {
  const Log& log = logs_[tenant.id().text()];
  co_return LogHead{log.epoch, Sequence{log.first}, Sequence{log.last}, 0, 0, 0};
}

async::Task<Result<Position>> FakeLog::Attach(TenantHandle tenant, async::Executor& executor,
                                              std::shared_ptr<LiveFeed> feed) {
  const auto attach = [&]() -> Result<Position> {
    if (broken_) return Fail(Errc::kUnavailable, "The log is not there.");
    Log& log = logs_[tenant.id().text()];
    log.feeds.push_back({&executor, feed});
    return Position{log.epoch, Sequence{log.last}};
  };
  async::CallOn attaching(runtime_.storage(0), attach);
  co_return co_await attaching;
}

void FakeLog::Detach(TenantHandle tenant, std::shared_ptr<LiveFeed> feed) {
  runtime_.storage(0).Post([this, tenant, feed] {
    std::erase_if(logs_[tenant.id().text()].feeds,
                  [&](const Feed& each) { return each.feed == feed; });
  });
}

}  // namespace notify::testing_support
