#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "agent/inbox/inboxes.hpp"
#include "tests/support/fake_event_log.hpp"
#include "tests/support/sim/abandoned.hpp"
#include "tests/support/sim/sim_runtime.hpp"
#include "tests/support/tenants.hpp"
#include "tests/unit/agent/inbox/recording_live.hpp"

namespace notify::agent::inbox {

/// Two tenants, a log and their inboxes on a simulated disk.
class InboxWorld : public testing::Test {
 protected:
  struct Side {
    Side(async::Runtime& runtime, testing_support::FakeEventLog& log, LiveSink& live,
         Inboxes::Options options)
        : databases(runtime.clock(), runtime.files().SqliteVfs(), {}),
          inboxes(InboxParts{runtime, log, log, databases, live}, options) {}
    store::TenantDatabases databases;
    Inboxes inboxes;
  };

  InboxWorld() {
    for (const auto* folder : {"/blue", "/green"}) EXPECT_TRUE(disk_.MakeFolder(folder));
    Start();
  }
  ~InboxWorld() override {
    runtime_->Run(side_->inboxes.Stop(), &runtime_->platform());
    side_.reset();
  }

  void Start() {
    runtime_ = std::make_unique<testing_support::sim::SimRuntime>(
        testing_support::sim::SimOptions{.seed = ++seed_}, disk_);
    side_ = std::make_unique<Side>(*runtime_, log_, live_, options_);
    log_.head_moved = [this](const TenantHandle& tenant, Position head) {
      runtime_->platform().Post([this, tenant, head] { side_->inboxes.HeadMoved(tenant, head); });
    };
  }
  void CrashAndRestart() {
    log_.head_moved = nullptr;
    runtime_->Crash();
    testing_support::sim::Abandon(std::move(side_));
    runtime_.reset();
    disk_.PowerCut(++seed_);
    Start();
  }
  void RunFor(Clock::Duration duration) { runtime_->RunFor(duration); }

  /// A notification with that id is made for a user, as the delivery side tells it.
  Position Notify(const TenantHandle& tenant, const std::string& user, const std::string& id,
                  std::string title = "Hello") {
    return log_.Publish(tenant, {.id = id,
                                 .type = "notification.created",
                                 .data = CreatedData(user, id, std::move(title)),
                                 .userid = user,
                                 .recorded_ms = NowMs()});
  }
  static std::string CreatedData(const std::string& user, const std::string& id,
                                 std::string title = "Hello") {
    return nlohmann::json{{"notification", id},
                          {"channel", "in_app"},
                          {"recipient", "user:" + user},
                          {"content", {{"id", id}, {"title", std::move(title)}}}}
        .dump();
  }
  std::int64_t NowMs() const {
    return std::chrono::floor<std::chrono::milliseconds>(runtime_->clock().WallNow())
        .time_since_epoch()
        .count();
  }

  Result<Page> List(const TenantHandle& tenant, const std::string& user, Query query = {}) {
    return runtime_->Run(side_->inboxes.List(tenant, user, std::move(query)));
  }
  /// The items of blue's alice, or the error's code.
  std::vector<nlohmann::json> Items(View view = View::kOpen) {
    return ItemsOf(blue_, "alice", view);
  }
  std::vector<nlohmann::json> ItemsOf(const TenantHandle& tenant, const std::string& user,
                                      View view = View::kOpen) {
    std::vector<nlohmann::json> items;
    Query query;
    query.view = view;
    const auto page = List(tenant, user, std::move(query));
    if (!page) return {std::string(Describe(page.error().code).name)};
    for (const std::string& item : page->items) items.push_back(nlohmann::json::parse(item));
    return items;
  }
  /// Their ids, the newest first.
  std::vector<std::string> Ids(View view = View::kOpen) { return IdsOf(blue_, "alice", view); }
  std::vector<std::string> IdsOf(const TenantHandle& tenant, const std::string& user,
                                 View view = View::kOpen) {
    std::vector<std::string> ids;
    for (const auto& item : ItemsOf(tenant, user, view)) {
      ids.push_back(item.is_object() ? item["id"].get<std::string>() : item.get<std::string>());
    }
    return ids;
  }
  /// The count, or -1.
  int UnreadOf(const TenantHandle& tenant, const std::string& user) {
    const auto unread = runtime_->Run(side_->inboxes.Unread(tenant, user));
    return unread ? static_cast<int>(*unread) : -1;
  }
  int Unread() { return UnreadOf(blue_, "alice"); }

  /// `changed/unread`, or the error's code.
  std::string Mark(Action action, Selection selection) {
    return MarkOf(blue_, "alice", action, std::move(selection));
  }
  std::string MarkOf(const TenantHandle& tenant, const std::string& user, Action action,
                     Selection selection) {
    const auto marked = runtime_->Run(
        side_->inboxes.Mark(tenant, user, action, std::move(selection), "user:" + user));
    return marked ? std::to_string(marked->changed) + "/" + std::to_string(marked->unread)
                  : std::string(Describe(marked.error().code).name);
  }

  testing_support::sim::SimDisk disk_;
  testing_support::FakeEventLog log_;
  RecordingLive live_;
  Inboxes::Options options_;
  std::uint64_t seed_ = 0;
  const TenantHandle blue_ =
      testing_support::TenantHandleOf(testing_support::TenantRecordOf("blue", "/blue", 1000));
  const TenantHandle green_ =
      testing_support::TenantHandleOf(testing_support::TenantRecordOf("green", "/green", 1001));
  std::unique_ptr<testing_support::sim::SimRuntime> runtime_;
  std::unique_ptr<Side> side_;
};

}  // namespace notify::agent::inbox
