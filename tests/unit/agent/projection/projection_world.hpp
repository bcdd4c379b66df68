#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "agent/projection/projections.hpp"
#include "tests/support/fake_event_log.hpp"
#include "tests/support/sim/abandoned.hpp"
#include "tests/support/sim/sim_runtime.hpp"
#include "tests/support/tenants.hpp"

namespace notify::agent::projection {

/// Two tenants, a log and their projections on a simulated disk.
class ProjectionWorld : public testing::Test {
 protected:
  struct Side {
    Side(async::Runtime& runtime, testing_support::FakeEventLog& log, Projections::Options options)
        : databases(runtime.clock(), runtime.files().SqliteVfs(), {}),
          projections(ProjectionParts{runtime, log, databases, log}, options) {}
    store::TenantDatabases databases;
    Projections projections;
  };
  using From = Projections::From;

  ProjectionWorld() {
    for (const auto* folder : {"/blue", "/green"}) EXPECT_TRUE(disk_.MakeFolder(folder));
    Start();
  }
  ~ProjectionWorld() override {
    runtime_->Run(side_->projections.Stop(), &runtime_->platform());
    side_.reset();
  }

  void Start() {
    runtime_ = std::make_unique<testing_support::sim::SimRuntime>(
        testing_support::sim::SimOptions{.seed = ++seed_}, disk_);
    side_ = std::make_unique<Side>(*runtime_, log_, options_);
    log_.head_moved = [this](const TenantHandle& tenant, Position head) {
      runtime_->platform().Post(
          [this, tenant, head] { side_->projections.HeadMoved(tenant, head); });
    };
  }
  void CrashAndRestart() {
    log_.head_moved = nullptr;
    runtime_->Crash();
    testing_support::sim::Abandon(std::move(side_));
    runtime_.reset();
    disk_.PowerCut(++seed_);
    Start();
    runtime_->platform().Post([this] { side_->projections.Resume({blue_, green_}); });
  }

  /// Credits an account.
  Position Credit(const TenantHandle& tenant, const std::string& account,
                  const std::string& amount) {
    return log_.Publish(tenant,
                        {.type = "account.credited",
                         .data = R"({"account":")" + account + R"(","amount":)" + amount + "}"});
  }

  static std::string BalanceFields() {
    return R"("types": ["account.*"], "key": "/data/account", "fields": {"balance": {"fold": "sum", "of": "/data/amount"},
              "n": {"fold": "count"}})";
  }
  static Definition Parsed(const std::string& name, const std::string& members) {
    return ParseDefinition("{" + members + "}", name).value();
  }
  /// The outcome: `ok`, or the code.
  static std::string Outcome(const Result<std::string>& answer) {
    return answer ? "ok" : std::string(Describe(answer.error().code).name);
  }
  std::string Create(const TenantHandle& tenant, const std::string& name,
                     const std::string& members = BalanceFields(), From from = From::kFirst) {
    return Outcome(runtime_->Run(side_->projections.Create(tenant, Parsed(name, members), from)));
  }
  std::string Put(const TenantHandle& tenant, const std::string& name, const std::string& members,
                  From from = From::kFirst) {
    return Outcome(runtime_->Run(side_->projections.Put(tenant, Parsed(name, members), from)));
  }
  std::string Rebuild(const std::string& name, From from = From::kFirst) {
    return Outcome(runtime_->Run(side_->projections.Rebuild(blue_, name, from)));
  }
  nlohmann::json Get(const TenantHandle& tenant, const std::string& name) {
    const auto shown = runtime_->Run(side_->projections.Get(tenant, name));
    return shown ? nlohmann::json::parse(*shown) : nlohmann::json(shown.error().detail);
  }
  /// All states of blue's projection by key, or the error.
  std::map<std::string, std::string> States(const std::string& name) {
    return StatesOf(blue_, name);
  }
  std::map<std::string, std::string> StatesOf(const TenantHandle& tenant, const std::string& name) {
    std::map<std::string, std::string> found;
    Projections::Query query;
    do {
      const auto answer = runtime_->Run(side_->projections.Ask(tenant, name, query));
      if (!answer) return {{"error", std::string(Describe(answer.error().code).name)}};
      for (const KeyState& one : answer->items) found[one.key] = one.state;
      query.after = answer->next;
    } while (!query.after.empty());
    return found;
  }
  std::string StateOf(const std::string& name, const std::string& key) {
    Projections::Query query;
    query.key = key;
    const auto answer = runtime_->Run(side_->projections.Ask(blue_, name, query));
    return answer ? answer->items.front().state : std::string(Describe(answer.error().code).name);
  }
  void RunUntilLive(const std::string& name) {
    for (int i = 0; i < 1000 && Get(blue_, name)["status"] != "live"; ++i) {
      runtime_->RunFor(std::chrono::milliseconds(20));
    }
    EXPECT_EQ(Get(blue_, name)["status"], "live");
  }

  testing_support::sim::SimDisk disk_;
  testing_support::FakeEventLog log_;
  Projections::Options options_;
  std::uint64_t seed_ = 0;
  const TenantHandle blue_ =
      testing_support::TenantHandleOf(testing_support::TenantRecordOf("blue", "/blue", 1000));
  const TenantHandle green_ =
      testing_support::TenantHandleOf(testing_support::TenantRecordOf("green", "/green", 1001));
  std::unique_ptr<testing_support::sim::SimRuntime> runtime_;
  std::unique_ptr<Side> side_;
};

}  // namespace notify::agent::projection
