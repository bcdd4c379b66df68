#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/async/runtime.hpp"
#include "agent/flow/event_source.hpp"

namespace notify::testing_support {

/// An event as a test writes it down.
struct TestEvent {
  std::string type = "quote.created";
  std::string userid;
  std::string topic;
  std::string data = "{}";
  std::string id = "e";
  bool imported = false;
};

/// A log of memory behind EventSource: commits, gaps, lag and faults when a test says so. It keeps
/// the real one's promise: attached between two commits.
///
/// Threads: the simulator's.
class FakeLog final : public agent::EventSource {
 public:
  explicit FakeLog(agent::async::Runtime& runtime) : runtime_(runtime) {}

  /// Commits one batch, on the storage thread, in a later turn.
  void Commit(const std::string& tenant, std::vector<TestEvent> events);
  /// Commits `count` batches of one event, each in a turn of its own: a publisher at full rate.
  void Publish(const std::string& tenant, int count, TestEvent event = {});
  /// The feeds of a tenant fall behind, as if their queues were full.
  void Lag(const std::string& tenant);
  /// Everything up to `last` has expired.
  void Expire(const std::string& tenant, std::uint64_t last);
  /// Another log takes the place of this one, with no events.
  void Restore(const std::string& tenant, std::uint64_t epoch);
  /// Whether attaching fails from now on.
  void SetBroken(bool broken) { broken_ = broken; }

  std::size_t feeds(const std::string& tenant) { return logs_[tenant].feeds.size(); }
  std::uint64_t last(const std::string& tenant) { return logs_[tenant].last; }
  std::size_t largest_page() const { return largest_page_; }

  agent::async::Task<Result<agent::ReadPage>> Read(agent::TenantHandle tenant, Position after,
                                                   std::size_t max_bytes) override;
  agent::async::Task<Result<agent::LogHead>> Head(agent::TenantHandle tenant) override;
  agent::async::Task<Result<Position>> Attach(agent::TenantHandle tenant,
                                              agent::async::Executor& executor,
                                              std::shared_ptr<agent::LiveFeed> feed) override;
  void Detach(agent::TenantHandle tenant, std::shared_ptr<agent::LiveFeed> feed) override;

 private:
  struct Feed {
    agent::async::Executor* executor;
    std::shared_ptr<agent::LiveFeed> feed;
  };
  struct Log {
    Epoch epoch{1000};
    std::uint64_t first = 1;
    std::uint64_t last = 0;
    std::vector<agent::BatchPtr> batches;
    std::vector<Feed> feeds;
  };

  Result<agent::ReadPage> ReadNow(const std::string& tenant, Position after, std::size_t max_bytes);
  void CommitNow(const std::string& tenant, const std::vector<TestEvent>& events);

  agent::async::Runtime& runtime_;
  std::map<std::string, Log> logs_;
  std::size_t largest_page_ = 0;
  bool broken_ = false;
};

}  // namespace notify::testing_support
