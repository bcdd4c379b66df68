#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent/channel/webhook/webhook_provider.hpp"
#include "agent/pipeline/replays.hpp"
#include "tests/support/fake_event_log.hpp"
#include "tests/support/fake_http.hpp"
#include "tests/support/sim/abandoned.hpp"
#include "tests/support/sim/sim_runtime.hpp"
#include "tests/support/tenants.hpp"

namespace notify::agent::pipeline {

/// Connections that note what they are given and when, and can be full or away.
struct FakeReplayLive final : ReplaySink {
  struct Given {
    std::string tenant;
    std::string target;
    std::string method;
    nlohmann::json argument;
    double at = 0;  // Seconds of virtual time.
  };
  async::Task<Taken> Give(TenantHandle tenant, LiveTarget target, std::string method,
                          std::string argument, Taken) override {
    Taken taken;
    taken.full = full.contains(tenant.id().text());
    if (taken.full || away.contains(tenant.id().text())) co_return taken;
    taken.connections = 1;
    const double at = std::chrono::duration<double>(clock->Now().time_since_epoch()).count();
    given.push_back({tenant.id().text(), target.name, method,
                     nlohmann::json::parse(argument, nullptr, false), at});
    co_return taken;
  }
  async::Task<std::size_t> CountOf(TenantHandle tenant, LiveTarget) override {
    co_return away.contains(tenant.id().text()) ? 0 : 1;
  }

  const Clock* clock = nullptr;
  std::set<std::string> full;
  std::set<std::string> away;
  std::vector<Given> given;
};

/// Stores copies in the fake log; events with the same id are duplicates.
struct FakeCopies final : CopySink {
  explicit FakeCopies(testing_support::FakeEventLog& log) : log(log) {}

  async::Task<Result<Stored>> Append(TenantHandle tenant, EventBatch copies) override {
    if (refusals > 0) {
      --refusals;
      Error error = Fail(Errc::kQuotaExceeded, "Too many.");
      error.retry_after = std::chrono::seconds(3);
      co_return error;
    }
    Stored stored;
    for (std::size_t i = 0; i < copies.size(); ++i) {
      EventView event;
      ReadRecord(copies.Record(i), event);
      const auto& known = log.Of(tenant);
      if (std::ranges::find(known, event.id, &testing_support::FakeEventLog::Stored::id) !=
          known.end()) {
        ++stored.duplicates;
        continue;
      }
      for (const Extension& extension : event.extensions) {
        if (extension.name == "replaytriggers") ++firing;
      }
      log.Publish(tenant, {.id = std::string(event.id),
                           .type = std::string(event.type),
                           .data = std::string(event.data)});
      ++stored.accepted;
    }
    largest = std::max(largest, copies.size());
    co_return stored;
  }
  std::optional<Rate> RateOf(const TenantHandle&) const override { return rate; }

  testing_support::FakeEventLog& log;
  std::optional<Rate> rate;
  int refusals = 0;
  std::size_t firing = 0;
  std::size_t largest = 0;
};

/// Two tenants with a log each, and replays that can crash and come back.
class ReplayWorld : public testing::Test {
 protected:
  static constexpr auto kUrl = "https://hooks.example/in";

  ReplayWorld() {
    for (const auto* folder : {"/blue", "/green"}) EXPECT_TRUE(disk_.MakeFolder(folder));
    Start();
  }
  ~ReplayWorld() override {
    if (replays_ == nullptr) return;
    runtime_->Run(replays_->Stop(), &runtime_->platform());
    replays_.reset();
  }

  void Start() {
    runtime_ = std::make_unique<testing_support::sim::SimRuntime>(
        testing_support::sim::SimOptions{.seed = ++seed_}, disk_);
    live_.clock = &runtime_->clock();
    http_ = std::make_unique<testing_support::FakeHttp>();
    webhook_ = std::make_unique<channel::WebhookProvider>(*http_, runtime_->clock(),
                                                          channel::WebhookOptions{});
    databases_ = std::make_unique<store::TenantDatabases>(
        runtime_->clock(), runtime_->files().SqliteVfs(), store::TenantDatabases::Options{});
    ReplayParts parts{*runtime_,
                      log_,
                      [this](TenantHandle tenant, Clock::WallTime time) {
                        return Before(std::move(tenant), time);
                      },
                      copies_,
                      live_,
                      *webhook_,
                      *databases_,
                      [this](const TenantId& id) { return Open(id); }};
    replays_ = std::make_unique<Replays>(std::move(parts), options_);
  }

  /// The power goes, and comes back; the logs have lost nothing.
  void CrashAndRestart() {
    runtime_->Crash();
    testing_support::sim::Abandon(std::move(replays_));
    testing_support::sim::Abandon(std::move(databases_));
    webhook_.reset();
    http_.reset();
    runtime_.reset();
    disk_.PowerCut(++seed_);
    Start();
  }

  async::Task<Result<Position>> Before(TenantHandle tenant, Clock::WallTime time) {
    const auto ms = std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
    std::uint64_t before = 0;
    for (const auto& event : log_.Of(tenant)) before += event.recorded_ms < ms ? 1 : 0;
    co_return Position{tenant.record().epoch, Sequence{before}};
  }
  Result<TenantHandle> Open(const TenantId& id) {
    if (id == blue_.id()) return blue_;
    if (id == green_.id()) return green_;
    return Fail(Errc::kTenantNotFound, "There is no such tenant.");
  }

  /// `count` events, `apart` milliseconds apart.
  void Publish(const TenantHandle& tenant, int count, std::int64_t apart = 0,
               const std::string& type = "a.b") {
    for (int i = 0; i < count; ++i) {
      const std::int64_t at = 2'000'000'000'000 + i * apart;
      log_.Publish(tenant, {.type = type,
                            .data = "{\"n\":" + std::to_string(log_.Of(tenant).size() + 1) + "}",
                            .recorded_ms = at});
    }
  }

  /// Begins a replay; the agent's answer, or `{"code": …}`.
  nlohmann::json Begin(const TenantHandle& tenant, const std::string& body,
                       const std::string& key = {}) {
    auto request = replay::ParseRequest(body, runtime_->clock().WallNow());
    EXPECT_TRUE(request) << request.error().detail;
    Replays::Asked asked{std::move(*request), body, key};
    return Read(runtime_->Run(replays_->Start(tenant, std::move(asked))));
  }
  nlohmann::json Plan(const TenantHandle& tenant, const std::string& body) {
    auto request = replay::ParseRequest(body, runtime_->clock().WallNow());
    EXPECT_TRUE(request) << request.error().detail;
    return Read(runtime_->Run(replays_->Plan(tenant, std::move(*request))));
  }
  nlohmann::json Get(const TenantHandle& tenant, const nlohmann::json& replay) {
    return Read(runtime_->Run(replays_->Get(tenant, Token(replay), {})));
  }
  nlohmann::json Resume(const TenantHandle& tenant, const nlohmann::json& replay) {
    return Read(runtime_->Run(replays_->Resume(tenant, Token(replay), false)));
  }
  nlohmann::json Interrupt(const TenantHandle& tenant, const nlohmann::json& replay) {
    return Read(runtime_->Run(replays_->End(tenant, Token(replay), ReplayRun::Stop::kInterrupt)));
  }
  /// Runs until the replay is over, and gives its report.
  nlohmann::json Finish(const TenantHandle& tenant, const nlohmann::json& replay) {
    nlohmann::json now = replay;
    for (int asked = 0; asked < 20 && now["state"] == "running"; ++asked) {
      now = Read(runtime_->Run(replays_->Get(tenant, Token(replay), std::chrono::seconds(30))));
    }
    return now;
  }

  static nlohmann::json Read(const Result<std::string>& answer) {
    if (answer) return nlohmann::json::parse(*answer);
    return {{"code", Describe(answer.error().code).name}, {"detail", answer.error().detail}};
  }
  static std::string Token(const nlohmann::json& replay) { return replay.value("token", ""); }

  /// The `n` of the events that connections of a tenant were given, in order.
  std::vector<int> NumbersGiven(const std::string& tenant = "blue") {
    std::vector<int> numbers;
    for (const auto& given : live_.given) {
      if (given.tenant == tenant) numbers.push_back(given.argument.at("data").at("n"));
    }
    return numbers;
  }
  /// How many seconds after the first each came.
  std::vector<double> Times() {
    std::vector<double> times;
    for (const auto& given : live_.given) {
      const double after = given.at - live_.given.front().at;
      times.push_back(std::round(after * 1000) / 1000);
    }
    return times;
  }
  /// The `n` of what stands in a tenant's log.
  std::vector<int> NumbersIn(const TenantHandle& tenant) {
    std::vector<int> numbers;
    for (const auto& event : log_.Of(tenant)) {
      numbers.push_back(nlohmann::json::parse(event.data).at("n"));
    }
    return numbers;
  }
  static std::vector<int> UpTo(int last) {
    std::vector<int> numbers;
    for (int n = 1; n <= last; ++n) numbers.push_back(n);
    return numbers;
  }

  testing_support::sim::SimDisk disk_;
  testing_support::FakeEventLog log_;
  FakeReplayLive live_;
  FakeCopies copies_{log_};
  ReplayOptions options_;
  std::uint64_t seed_ = 0;
  const TenantHandle blue_ =
      testing_support::TenantHandleOf(testing_support::TenantRecordOf("blue", "/blue", 1000));
  const TenantHandle green_ =
      testing_support::TenantHandleOf(testing_support::TenantRecordOf("green", "/green", 1001));
  std::unique_ptr<testing_support::sim::SimRuntime> runtime_;
  std::unique_ptr<testing_support::FakeHttp> http_;
  std::unique_ptr<channel::WebhookProvider> webhook_;
  std::unique_ptr<store::TenantDatabases> databases_;
  std::unique_ptr<Replays> replays_;
};

}  // namespace notify::agent::pipeline
