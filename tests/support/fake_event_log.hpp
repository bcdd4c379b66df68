#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/flow/event_source.hpp"
#include "agent/flow/feedback.hpp"
#include "common/model/event.hpp"

namespace notify::testing_support {

/// A log of several tenants in memory, durable at once: EventSource and Feedback in one. Events
/// with the same id are duplicates.
class FakeEventLog final : public agent::EventSource, public agent::Feedback {
 public:
  struct Stored {
    std::string id, type, data, userid, correlationid, causationid;
    std::int64_t recorded_ms = 0;
    std::string replayof;  // A JSON string: a copy, of replay "t".
    bool fires = false;    // A copy that rules see.
    std::string time = "2026-06-30T12:00:00Z";
    std::vector<Extension> extensions = {};
  };

  /// Called with each tenant whose head moved.
  std::function<void(const agent::TenantHandle&, Position)> head_moved;
  /// Fails the next so many appends, or all appends of one tenant.
  int failing_appends = 0;
  std::string failing_tenant;
  std::int64_t now_ms = 2'000'000'000'000;
  std::size_t reads = 0;
  std::size_t largest_append = 0;  // Bytes of data.

  Position Publish(const agent::TenantHandle& tenant, Stored event) {
    auto& log = logs_[tenant.id()];
    if (event.id.empty()) event.id = "event-" + std::to_string(log.size() + 1);
    if (event.recorded_ms == 0) event.recorded_ms = now_ms;
    log.push_back(std::move(event));
    const Position head{tenant.record().epoch, Sequence{log.size()}};
    if (head_moved) head_moved(tenant, head);
    return head;
  }

  const std::vector<Stored>& Of(const agent::TenantHandle& tenant) { return logs_[tenant.id()]; }

  std::vector<Stored> OfType(const agent::TenantHandle& tenant, std::string_view type) {
    std::vector<Stored> found;
    for (const Stored& event : logs_[tenant.id()]) {
      if (event.type == type) found.push_back(event);
    }
    return found;
  }

  /// Forgets the events up to `sequence`, as retention does.
  void Expire(const agent::TenantHandle& tenant, std::uint64_t sequence) {
    expired_[tenant.id()] = sequence;
  }

  agent::async::Task<Result<agent::ReadPage>> Read(agent::TenantHandle tenant, Position after,
                                                   std::size_t max_bytes) override {
    ++reads;
    const auto& log = logs_[tenant.id()];
    const Epoch epoch = tenant.record().epoch;
    agent::ReadPage page;
    std::uint64_t from = after.epoch == epoch ? after.sequence.value : 0;
    if (after.epoch.value != 0 && after.epoch != epoch) {
      page.gap = Gap{Gap::Reason::kEpoch, after, {epoch, Sequence{0}}, std::nullopt};
    }
    if (from < expired_[tenant.id()]) {
      from = expired_[tenant.id()];
      page.gap = Gap{Gap::Reason::kRetention, after, {epoch, Sequence{from}}, std::nullopt};
    }
    std::size_t bytes = 0;
    while (from < log.size() && bytes < max_bytes) {
      page.batches.push_back(BatchOf(log[from], epoch, from + 1));
      bytes += page.batches.back()->events.records.size();
      ++from;
    }
    page.after = {epoch, Sequence{from}};
    page.at_head = from == log.size();
    co_return page;
  }

  agent::async::Task<Result<agent::LogHead>> Head(agent::TenantHandle tenant) override {
    agent::LogHead head;
    head.epoch = tenant.record().epoch;
    head.first = Sequence{expired_[tenant.id()] + 1};
    head.last = Sequence{logs_[tenant.id()].size()};
    co_return head;
  }

  agent::async::Task<Result<Position>> Attach(agent::TenantHandle, agent::async::Executor&,
                                              std::shared_ptr<agent::LiveFeed>) override {
    co_return Fail(Errc::kUnavailable, "Nobody attaches to the fake log.");
  }
  void Detach(agent::TenantHandle, std::shared_ptr<agent::LiveFeed>) override {}

  agent::async::Task<Result<std::vector<agent::OwnPosition>>> Append(
      agent::TenantHandle tenant, std::vector<agent::OwnEvent> events) override {
    if (tenant.id().text() == failing_tenant) co_return Fail(Errc::kStorageFull, "No room.");
    if (failing_appends > 0) {
      --failing_appends;
      co_return Fail(Errc::kUnavailable, "The fake log fails.");
    }
    std::size_t bytes = 0;
    for (const agent::OwnEvent& event : events) bytes += event.data_json.size();
    largest_append = std::max(largest_append, bytes);
    std::vector<agent::OwnPosition> positions;
    for (const agent::OwnEvent& event : events) positions.push_back(AppendOne(tenant, event));
    co_return positions;
  }

 private:
  agent::OwnPosition AppendOne(const agent::TenantHandle& tenant, const agent::OwnEvent& event) {
    const auto& log = logs_[tenant.id()];
    for (std::size_t i = 0; i < log.size(); ++i) {
      if (!event.id.empty() && log[i].id == event.id) {
        return {{tenant.record().epoch, Sequence{i + 1}}, true};
      }
    }
    return {Publish(tenant, {.id = event.id,
                             .type = event.type,
                             .data = event.data_json,
                             .userid = event.userid,
                             .correlationid = event.correlationid,
                             .causationid = event.causationid}),
            false};
  }

  static agent::BatchPtr BatchOf(const Stored& event, Epoch epoch, std::uint64_t sequence) {
    EventView view;
    view.id = event.id;
    view.source = "/test";
    view.type = event.type;
    view.time = event.time;
    view.extensions = event.extensions;
    view.userid = event.userid;
    view.correlationid = event.correlationid;
    view.causationid = event.causationid;
    view.data_kind = event.data.empty() ? DataKind::kNone : DataKind::kJson;
    view.data = event.data;
    if (!event.replayof.empty()) {
      view.extensions.push_back({"replayof", event.replayof});
      view.extensions.push_back({"replayid", "\"t\""});
    }
    if (event.fires) view.extensions.push_back({"replaytriggers", "true"});
    auto batch = std::make_shared<agent::CommittedBatch>();
    batch->epoch = epoch;
    batch->first = Sequence{sequence};
    batch->recorded_ms = event.recorded_ms;
    batch->events.offsets.push_back(0);
    AppendRecord(batch->events.records, view);
    return batch;
  }

  std::map<TenantId, std::vector<Stored>> logs_;
  std::map<TenantId, std::uint64_t> expired_;
};

}  // namespace notify::testing_support
