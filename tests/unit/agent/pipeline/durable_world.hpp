#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "agent/consumer/hub_consumers.hpp"
#include "tests/support/memory_session_keeper.hpp"
#include "tests/support/recording_hub_news.hpp"
#include "tests/unit/agent/hub/hub_world.hpp"

namespace notify::agent::pipeline {

using namespace std::chrono_literals;
using testing_support::TestEvent;

/// A connection and what it was told.
struct Connection {
  std::size_t io = 0;
  TenantHandle tenant;
  hub::Listener listener;
};

/// The hub and the consumer engine together, over a log of memory on a simulated machine.
class DurableWorld : public testing::Test {
 protected:
  explicit DurableWorld(consumer::HubConsumers::Options options = {})
      : source_(consumers_, options) {
    for (const auto* folder : {"/blue", "/green"}) EXPECT_TRUE(disk_.MakeFolder(folder));
  }
  ~DurableWorld() override {
    for (auto& connection : connections_) {
      if (connection->listener.client->subscriber != nullptr) Leave(*connection);
    }
    runtime_.Run(consumers_.Stop(), &runtime_.platform());
    runtime_.Run(hub_.Stop());
  }

  struct Who {
    std::string user = "alice";
    RoleSet roles = Role::kViewer;
    std::size_t io = 0;
    std::string tenant = "blue";
  };
  Connection& Connect(Who who) {
    auto record = testing_support::TenantRecordOf(who.tenant, "/" + who.tenant, 1000);
    record.settings = settings_;
    auto one = std::make_unique<Connection>(
        Connection{who.io, testing_support::TenantHandleOf(std::move(record)), {}});
    hub::ClientInfo info{ShortId("c"), "user:" + who.user, hub::Sight::Of(who.roles), {}};
    hub::HubShard& shard = hub_.shard(who.io);
    one->listener.client =
        runtime_.Run(shard.Enter(one->tenant, info, one->listener), &Executor(who.io)).value();
    connections_.push_back(std::move(one));
    return *connections_.back();
  }
  Connection& Connect() { return Connect(Who{}); }
  void Leave(Connection& connection) {
    hub_.shard(connection.io).Leave(connection.listener.client);
    Settle();
  }
  Result<hub::Subscribed> Subscribe(Connection& connection, const std::string& name = "jobs",
                                    std::vector<std::string> types = {"*"}) {
    auto task = hub_.shard(connection.io)
                    .SubscribeDurably(connection.listener.client, {std::move(types), {}, {}, {}},
                                      name, Position{});
    auto begun = runtime_.Run(std::move(task), &Executor(connection.io));
    Settle();
    return begun;
  }
  Status Ack(Connection& connection, std::uint64_t sequence, const std::string& name = "jobs") {
    auto task = hub_.shard(connection.io)
                    .Acknowledge(connection.listener.client, name, {Epoch{1000}, {sequence}});
    return runtime_.Run(std::move(task), &Executor(connection.io));
  }
  void Publish(std::vector<TestEvent> events, const std::string& tenant = "blue") {
    log_.Commit(tenant, std::move(events));
    Settle();
    const auto record = testing_support::TenantRecordOf(tenant, "/" + tenant, 1000);
    const auto handle = testing_support::TenantHandleOf(record);
    consumers_.HeadMoved(handle, {Epoch{1000}, Sequence{log_.last(tenant)}});
    Settle();
  }
  void Settle() { runtime_.RunFor(1ms); }
  /// The socket takes `count` more.
  void Take(Connection& connection, std::size_t count) {
    connection.listener.waiting -= std::min(count, connection.listener.waiting);
    hub_.shard(connection.io).RoomAgain(connection.listener.client);
    Settle();
  }
  /// What came since the last look: `1 2 3*`, a star where it was sent again.
  static std::string Got(Connection& connection) {
    std::string text;
    for (const std::string& argument : std::exchange(connection.listener.arguments, {})) {
      const auto event = nlohmann::json::parse(argument);
      if (!text.empty()) text += ' ';
      text += std::to_string(event["sequence"].get<int>());
      if (event.value("redelivered", false)) text += '*';
    }
    return text;
  }
  std::vector<std::string> Dead() {
    const auto record = testing_support::TenantRecordOf("blue", "/blue", 1000);
    const auto blue = testing_support::TenantHandleOf(record);
    auto state = databases_.Open(blue, consumer::kConsumerSchema);
    consumer::DeadLetterStore letters(**state, blue, runtime_.random());
    std::vector<std::string> dead;
    const auto all = letters.List("", -1, "", 100);
    for (const auto& letter : *all) {
      dead.push_back(letter.consumer + " " + letter.event.ToString() + " " +
                     std::to_string(letter.attempts));
    }
    return dead;
  }
  async::Executor& Executor(std::size_t io) { return runtime_.io(io).executor(); }

  TenantSettings settings_;
  testing_support::sim::SimDisk disk_;
  testing_support::sim::SimRuntime runtime_{{}, disk_};
  testing_support::FakeLog log_{runtime_};
  telemetry::Metrics metrics_{{}};
  store::TenantDatabases databases_{runtime_.clock(), runtime_.files().SqliteVfs(), {}};
  consumer::Consumers consumers_{{runtime_, log_, databases_, metrics_}};
  consumer::HubConsumers source_;
  Fanout fanout_{log_};
  testing_support::MemorySessionKeeper sessions_;
  testing_support::RecordingHubNews news_;
  hub::Hub hub_{runtime_, fanout_, source_, sessions_, news_};
  std::vector<std::unique_ptr<Connection>> connections_;
};

}  // namespace notify::agent::pipeline
