#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "agent/eventlog/event_log.hpp"
#include "agent/quota/quota_gate.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/sim/sim_disk.hpp"
#include "tests/support/sim/sim_runtime.hpp"
#include "tests/support/tenants.hpp"

namespace notify::agent::eventlog {

/// A log on a simulated machine, and the words to talk about it.
class LogFixture {
 public:
  /// A journal so small that a test fills it.
  static LogOptions SmallJournal() {
    LogOptions options;
    options.journal_bytes = 8192;
    return options;
  }

  explicit LogFixture(std::uint64_t seed = 1, LogOptions options = {})
      : seed_(seed), options_(options), disk_(seed) {
    EXPECT_TRUE(disk_.MakeFolder("/data/blue/log").has_value());
    EXPECT_TRUE(disk_.MakeFolder("/data/green/log").has_value());
    disk_.SyncAll();
    Start();
  }

  /// What writes in the background ends before the log goes.
  ~LogFixture() {
    if (log_) runtime_->Run(log_->Close(), &runtime_->platform());
  }
  LogFixture(const LogFixture&) = delete;
  LogFixture& operator=(const LogFixture&) = delete;

  void Start() {
    runtime_ = std::make_unique<testing_support::sim::SimRuntime>(
        testing_support::sim::SimOptions{.seed = seed_, .storage_threads = storage_threads_},
        disk_);
    log_ = std::make_unique<EventLog>(*runtime_, options_, "/data/journal");
    const auto find = [](std::string_view name, Epoch) {
      return std::optional(Tenant(std::string(name)));
    };
    const Status recovered = runtime_->Run(log_->Recover(find), &runtime_->platform());
    EXPECT_TRUE(recovered.has_value() || recovery_may_fail_) << recovered.error().detail;
  }

  /// The agent is at rest for so long that all of its journals goes to the tenants' segments.
  void Rest() {
    for (int look = 0; look < 30; ++look) {
      log_->CloseIdle();
      runtime_->RunFor(std::chrono::seconds(1));
    }
  }

  /// The process ends between two turns, or where the power was to go; what it wrote is there
  /// again, synced or not.
  void Kill() {
    runtime_->Crash();
    testing_support::sim::Abandon(std::move(log_));
    runtime_.reset();
    disk_.Kill();
    Start();
  }

  /// The power goes between two turns; what was synced, and any part of the rest, is there again.
  /// With `again_at` it goes once more in so many changes of the disk, perhaps in the recovery.
  void PowerCut(std::uint64_t seed, std::uint64_t again_at = 0) {
    runtime_->Crash();
    testing_support::sim::Abandon(std::move(log_));
    runtime_.reset();
    disk_.PowerCut(seed);
    recovery_may_fail_ = again_at > 0;
    if (again_at > 0) disk_.PowerOffAt(again_at);
    Start();
  }

  /// The logs are kept within their limits from now on, and looked at until nothing is due.
  void Tend(std::vector<TenantHandle> tenants = {Tenant("blue"), Tenant("green")}) {
    log_->Tend(std::move(tenants));
    Settle();
  }
  /// Looks again at what has come of age.
  void Settle() {
    for (int look = 0; look < 3; ++look) {
      log_->Tend();
      runtime_->RunFor(std::chrono::seconds(1));
    }
  }

  static TenantHandle Tenant(const std::string& name) {
    return testing_support::TestTenant(name, "/data/" + name, name == "blue" ? 0 : 1);
  }

  struct Sent {
    std::string id;
    std::string data = "{}";
    std::string key;
    std::string type = "a.b";
    std::string stream;
    std::optional<ExpectedVersion> expected;
    std::string streamversion;
  };

  /// An event of a stream, with an id of its own.
  static Sent Of(const std::string& stream, const std::string& id,
                 std::optional<ExpectedVersion> expected = std::nullopt) {
    Sent sent{id};
    sent.stream = stream;
    sent.expected = expected;
    return sent;
  }
  static ExpectedVersion At(std::uint64_t version) { return {.version = version}; }

  Result<AppendOutcome> Append(const std::vector<Sent>& events,
                               const std::string& tenant = "blue") {
    return runtime_->Run(AppendTask(events, Tenant(tenant)));
  }

  async::Task<Result<AppendOutcome>> AppendTask(std::vector<Sent> events, TenantHandle tenant) {
    BlockSealer sealer(random_);
    EventBatch batch;
    std::vector<bool> keyed;
    std::vector<std::optional<ExpectedVersion>> expected;
    for (const Sent& sent : events) {
      EventView event;
      event.id = sent.id.empty() ? std::string_view("generated") : std::string_view(sent.id);
      event.source = "/s";
      event.type = sent.type;
      event.idempotency_key = sent.key;
      event.stream = sent.stream;
      event.streamversion = sent.streamversion;
      expected.push_back(sent.expected);
      event.data_kind = DataKind::kJson;
      event.data = sent.data;
      batch.offsets.push_back(static_cast<std::uint32_t>(batch.records.size()));
      AppendRecord(batch.records, event);
      keyed.push_back(!sent.id.empty() || !sent.key.empty());
    }
    quota::QuotaGate gate(runtime_->clock(), tenant.id(), std::nullopt);
    auto admission = gate.TryAdmit(static_cast<std::uint32_t>(events.size()));
    auto sealed = sealer.Seal(tenant, std::move(batch), keyed, expected);
    co_return co_await log_->Append(tenant, std::move(*admission), std::move(sealed));
  }

  /// The ids of all events after `after`, read page by page.
  std::vector<std::string> Ids(const std::string& tenant = "blue", std::uint64_t after = 0,
                               std::size_t page_bytes = 1000) {
    std::vector<std::string> ids;
    Position at{Epoch{0}, Sequence{after}};
    while (true) {
      auto page = runtime_->Run(log_->Read(Tenant(tenant), at, page_bytes));
      if (!page) {
        ADD_FAILURE() << page.error().detail;
        return ids;
      }
      for (const BatchPtr& batch : page->batches) {
        for (std::size_t i = 0; i < batch->events.size(); ++i) {
          if (batch->first.value + i <= at.sequence.value) continue;
          EXPECT_EQ(batch->first.value + i, ids.size() + after + 1) << "numbers have no gap";
          EventView event;
          EXPECT_TRUE(ReadRecord(batch->events.Record(i), event).has_value());
          ids.emplace_back(event.id);
        }
      }
      at = page->after;
      if (page->at_head) return ids;
    }
  }

  /// `stream@version` of all events that are in streams, in order.
  std::vector<std::string> Versions(const std::string& tenant = "blue",
                                    const WantedEvents& wanted = {}) {
    std::vector<std::string> versions;
    Position at;
    while (true) {
      auto page = runtime_->Run(log_->Read(Tenant(tenant), at, 1000, wanted));
      if (!page) {
        ADD_FAILURE() << page.error().detail;
        return versions;
      }
      for (const BatchPtr& batch : page->batches) {
        for (std::size_t i = 0; i < batch->events.size(); ++i) {
          if (batch->first.value + i <= at.sequence.value) continue;
          EventView event;
          EXPECT_TRUE(ReadRecord(batch->events.Record(i), event).has_value());
          if (event.stream.empty()) continue;
          versions.push_back(std::string(event.stream) + "@" + std::string(event.streamversion));
        }
      }
      at = page->after;
      if (page->at_head) return versions;
    }
  }

  StreamHead Stream(const std::string& name, const std::string& tenant = "blue") {
    auto head = runtime_->Run(log_->Stream(Tenant(tenant), name));
    EXPECT_TRUE(head.has_value());
    return head.value_or(StreamHead{});
  }

  const std::uint64_t seed_;
  const LogOptions options_;
  std::size_t storage_threads_ = 2;
  bool recovery_may_fail_ = false;
  testing_support::sim::SimDisk disk_;
  testing_support::SeededRandom random_{1};
  std::unique_ptr<testing_support::sim::SimRuntime> runtime_;
  std::unique_ptr<EventLog> log_;
};

}  // namespace notify::agent::eventlog
