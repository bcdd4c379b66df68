#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/consumer/consumers.hpp"
#include "tests/support/fake_event_log.hpp"
#include "tests/support/sim/abandoned.hpp"
#include "tests/support/sim/sim_runtime.hpp"
#include "tests/support/tenants.hpp"

namespace notify::agent::consumer {

/// Two tenants with a log each, and an engine that can crash and come back.
class ConsumerWorld : public testing::Test {
 protected:
  struct Side {
    explicit Side(async::Runtime& runtime, EventSource& log)
        : databases(runtime.clock(), runtime.files().SqliteVfs(), {}),
          consumers(ConsumerParts{runtime, log, databases, metrics}) {}
    telemetry::Metrics metrics{{}};
    store::TenantDatabases databases;
    Consumers consumers;
  };

  ConsumerWorld() {
    for (const auto* folder : {"/blue", "/green"}) EXPECT_TRUE(disk_.MakeFolder(folder));
    Start();
  }
  ~ConsumerWorld() override { StopCleanly(); }

  void Start() {
    runtime_ = std::make_unique<testing_support::sim::SimRuntime>(
        testing_support::sim::SimOptions{.seed = ++seed_}, disk_);
    side_ = std::make_unique<Side>(*runtime_, log_);
    log_.head_moved = [this](const TenantHandle& tenant, Position head) {
      runtime_->platform().Post([this, tenant, head] { side_->consumers.HeadMoved(tenant, head); });
    };
  }
  void StopCleanly() {
    log_.head_moved = nullptr;
    if (side_ != nullptr) runtime_->Run(side_->consumers.Stop(), &runtime_->platform());
    side_.reset();
  }
  void Restart() {
    StopCleanly();
    runtime_.reset();
    Start();
  }
  /// The power goes, and comes back; the log has lost nothing.
  void CrashAndRestart() {
    log_.head_moved = nullptr;
    runtime_->Crash();
    testing_support::sim::Abandon(std::move(side_));
    runtime_.reset();
    disk_.PowerCut(++seed_);
    Start();
  }

  Position Publish(const TenantHandle& tenant, const std::string& type = "a.b", int count = 1) {
    Position last;
    for (int i = 0; i < count; ++i) last = log_.Publish(tenant, {.type = type, .data = "{}"});
    return last;
  }
  Result<std::string> TryCreate(const TenantHandle& tenant, const std::string& body) {
    auto draft = ParseConsumer(body, "");
    if (!draft) return draft.error();
    return runtime_->Run(side_->consumers.Create(tenant, std::move(*draft)));
  }
  /// A consumer from the beginning of the log; `more` are further members.
  void Create(const TenantHandle& tenant, const std::string& name, const std::string& more = "") {
    const auto made = TryCreate(tenant, R"({"name": ")" + name + R"(", "after": 0)" + more + "}");
    ASSERT_TRUE(made) << made.error().detail;
  }
  Result<Fetched> TryFetch(const std::string& name, std::size_t max = 100,
                           Clock::Duration wait = {}) {
    FetchRequest request;
    request.max = max;
    request.wait = wait;
    return runtime_->Run(side_->consumers.Fetch(blue_, name, request));
  }
  /// What a fetch from blue's consumer gives: `1 2 3`, those sent again with a star.
  std::string Fetch(const std::string& name, std::size_t max = 100, Clock::Duration wait = {}) {
    const auto fetched = TryFetch(name, max, wait);
    return fetched ? Text(*fetched) : fetched.error().detail;
  }
  static std::string Text(const Fetched& fetched) {
    std::string text;
    for (const FetchedEvent& item : fetched.items) {
      if (!text.empty()) text += ' ';
      text += std::to_string(item.position.sequence.value);
      if (item.envelope.find(R"("redelivered":true)") != std::string::npos) text += '*';
    }
    return text;
  }
  Position At(std::uint64_t sequence) const { return {blue_.record().epoch, Sequence{sequence}}; }
  Result<Position> TryAck(const std::string& name, std::uint64_t sequence) {
    return runtime_->Run(side_->consumers.Acknowledge(blue_, name, At(sequence)));
  }
  /// Where the consumer stands then.
  std::uint64_t Ack(const std::string& name, std::uint64_t sequence) {
    const auto at = TryAck(name, sequence);
    EXPECT_TRUE(at) << at.error().detail;
    return at ? at->sequence.value : 0;
  }
  Refusal Nack(const std::string& name, std::uint64_t sequence) {
    const auto refused = runtime_->Run(side_->consumers.Refuse(blue_, name, At(sequence)));
    EXPECT_TRUE(refused) << refused.error().detail;
    return refused.value_or(Refusal{});
  }
  /// Refuses an event as often as it takes to give it up.
  void GiveUp(const std::string& name, std::uint64_t sequence, int attempts) {
    for (int i = 1; i <= attempts; ++i) {
      runtime_->RunFor(std::chrono::minutes(2));
      while (true) {
        const auto fetched = TryFetch(name);
        ASSERT_TRUE(fetched && !fetched->items.empty());
        if (fetched->items.back().position.sequence.value >= sequence) break;
      }
      EXPECT_EQ(Nack(name, sequence).dead_lettered, i == attempts);
    }
  }
  /// A member of what the API shows of blue's consumer.
  std::string Shown(const std::string& name, const std::string& member) {
    const auto json = runtime_->Run(side_->consumers.Get(blue_, name));
    if (!json) return json.error().detail;
    const auto at = json->find("\"" + member + "\":");
    if (at == std::string::npos) return "";
    const auto begin = at + member.size() + 3;
    int depth = 0;
    std::size_t end = begin;
    while (end < json->size() && (depth > 0 || ((*json)[end] != ',' && (*json)[end] != '}'))) {
      if ((*json)[end] == '{') ++depth;
      if ((*json)[end] == '}') --depth;
      ++end;
    }
    return json->substr(begin, end - begin);
  }
  /// The dead letters of blue: `consumer/sequence/attempts`, in their order.
  std::string Dead() {
    auto state = side_->databases.Open(blue_, kConsumerSchema);
    std::string text;
    DeadLetterStore letters(**state, blue_, runtime_->random());
    const auto all = letters.List("", -1, "", 1000);
    for (const DeadLetter& letter : *all) {
      if (!text.empty()) text += ' ';
      text += letter.consumer + "/" + std::to_string(letter.event.sequence.value) + "/" +
              std::to_string(letter.attempts) + (letter.retrying ? "/retrying" : "");
    }
    return text;
  }
  std::string LetterId(const std::string& consumer, std::uint64_t sequence) const {
    return DeadLetterId(blue_.id(), consumer, At(sequence));
  }
  Result<bool> Retry(const std::string& consumer, std::uint64_t sequence) {
    return side_->consumers.GiveBack(blue_, LetterId(consumer, sequence));
  }

  testing_support::sim::SimDisk disk_;
  testing_support::FakeEventLog log_;
  std::uint64_t seed_ = 0;
  const TenantHandle blue_ =
      testing_support::TenantHandleOf(testing_support::TenantRecordOf("blue", "/blue", 1000));
  const TenantHandle green_ =
      testing_support::TenantHandleOf(testing_support::TenantRecordOf("green", "/green", 1001));
  std::unique_ptr<testing_support::sim::SimRuntime> runtime_;
  std::unique_ptr<Side> side_;
};

}  // namespace notify::agent::consumer
