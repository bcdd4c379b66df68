#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "agent/hub/hub.hpp"
#include "agent/pipeline/fanout.hpp"
#include "tests/support/fake_log.hpp"
#include "tests/support/memory_session_keeper.hpp"
#include "tests/support/no_durable_source.hpp"
#include "tests/support/recording_hub_news.hpp"
#include "tests/support/sim/sim_runtime.hpp"
#include "tests/support/tenants.hpp"

namespace notify::agent::hub {

using testing_support::TestEvent;

/// A client that writes down what it gets.
class Listener final : public Subscriber {
 public:
  bool HasRoom() const override { return waiting < room && !closed; }
  void Deliver(const Message& event) override {
    EXPECT_TRUE(HasRoom()) << "an event for a client without room";
    got.push_back(event.position().sequence.value);
    methods.push_back(event.method());
    arguments.emplace_back(event.argument());
    ++waiting;
    ++given;
  }
  bool Offer(const Message& message) override {
    keys.push_back(message.coalesce_key());
    methods.push_back(message.method());
    arguments.emplace_back(message.argument());
    return !closed;
  }
  void Skip(std::string_view subscription, const Gap& gap) override {
    gaps.push_back(gap);
    gap_subscriptions.emplace_back(subscription);
  }
  void Unsubscribed(const EndedSubscription& one) override { ended.push_back(one); }
  void Flush() override { ++flushes; }
  std::uint64_t Given() const override { return given; }
  std::uint64_t Arrived() const override { return taken; }
  void Close(const Farewell& farewell) override { closed = farewell; }
  SubscriberFacts Facts() const override { return facts; }
  async::Task<Result<std::string>> Ask(std::string method, std::vector<std::string> given,
                                       Clock::Duration) override {
    methods.push_back(std::move(method));
    arguments.insert(arguments.end(), given.begin(), given.end());
    co_return answer;
  }

  std::size_t room = SIZE_MAX;
  std::size_t waiting = 0;
  std::uint64_t given = 0;  // Events,
  std::uint64_t taken = 0;  // and how many of them arrived.
  std::vector<std::uint64_t> got;
  std::vector<std::string> methods;
  std::vector<std::string> arguments;
  std::vector<Gap> gaps;
  std::vector<std::string> gap_subscriptions;
  std::vector<EndedSubscription> ended;
  std::size_t flushes = 0;
  std::vector<std::string> keys;  ///< Of what was offered.
  SubscriberFacts facts;
  Result<std::string> answer = std::string("null");
  std::optional<Farewell> closed;
  ClientPtr client;
};

/// A hub over a log of memory, on a simulated machine, and the words to talk about it.
class HubWorld {
 public:
  explicit HubWorld(std::uint64_t seed = 1) : runtime_({.seed = seed}, disk_) {}
  ~HubWorld() {
    LeaveAll();
    runtime_.Run(hub_.Stop());
  }
  /// For who observes the hub and goes before it.
  void LeaveAll() {
    for (auto& [io, listener] : listeners_) {
      if (listener->client && listener->client->subscriber != nullptr) Leave(*listener);
    }
  }

  static Filter Types(std::vector<std::string> types) {
    return Filter{std::move(types), {}, {}, {}};
  }
  static TenantHandle Tenant(const std::string& name, TenantSettings settings = {}) {
    TenantRecord record = testing_support::TenantRecordOf(name);
    record.settings = std::move(settings);
    return testing_support::TenantHandleOf(std::move(record));
  }

  struct Who {
    std::string tenant = "blue";
    std::string user = "alice";
    RoleSet roles = Role::kViewer;
    std::size_t io = 0;
    ClientInfo::Kind kind = ClientInfo::Kind::kConnection;
    std::string id = "c";
  };

  Listener& Connect(Who who) {
    auto listener = std::make_unique<Listener>();
    ClientInfo info{ShortId(who.id), "user:" + who.user, Sight::Of(who.roles), who.kind};
    auto client = runtime_.Run(hub_.shard(who.io).Enter(Tenant(who.tenant), info, *listener),
                               &runtime_.io(who.io).executor());
    if (client) {
      listener->client = *client;
    } else {
      listener->closed = Farewell{client.error().detail, true};
    }
    listeners_.emplace_back(who.io, std::move(listener));
    return *listeners_.back().second;
  }
  Listener& Connect() { return Connect(Who{}); }

  Result<Subscribed> Subscribe(Listener& listener, Filter filter,
                               std::optional<std::uint64_t> from = {}, std::uint64_t epoch = 0) {
    std::optional<Position> position;
    if (from) position = Position{Epoch{epoch}, Sequence{*from}};
    const std::size_t io = IoOf(listener);
    return runtime_.Run(hub_.shard(io).Subscribe(listener.client, std::move(filter), position),
                        &runtime_.io(io).executor());
  }
  void Leave(Listener& listener) {
    hub_.shard(IoOf(listener)).Leave(listener.client);
    runtime_.RunUntilIdle();
  }
  /// The socket takes `count` more.
  void Take(Listener& listener, std::size_t count) {
    listener.waiting -= std::min(count, listener.waiting);
    hub_.shard(IoOf(listener)).RoomAgain(listener.client);
    runtime_.RunUntilIdle();
  }
  void Commit(std::vector<TestEvent> events, const std::string& tenant = "blue") {
    log_.Commit(tenant, std::move(events));
    runtime_.RunUntilIdle();
  }
  /// `count` events of one batch each, committed when the machine gets to it.
  void CommitLater(int count, const std::string& tenant = "blue") {
    for (int i = 0; i < count; ++i) log_.Commit(tenant, {TestEvent{}});
  }
  std::size_t Invoke(const std::string& tenant, LiveTarget target, const std::string& method) {
    return runtime_.Run(hub_.Invoke(Tenant(tenant), std::move(target), method, "1"));
  }

  testing_support::sim::SimDisk disk_;
  testing_support::sim::SimRuntime runtime_;
  testing_support::FakeLog log_{runtime_};
  pipeline::Fanout fanout_{log_};
  testing_support::NoDurableSource durables_;
  testing_support::MemorySessionKeeper sessions_;
  testing_support::RecordingHubNews news_;
  Hub hub_{runtime_, fanout_, durables_, sessions_, news_};

 private:
  std::size_t IoOf(const Listener& listener) const {
    for (const auto& [io, each] : listeners_) {
      if (each.get() == &listener) return io;
    }
    return 0;
  }
  std::vector<std::pair<std::size_t, std::unique_ptr<Listener>>> listeners_;
};

/// `from`, `from` + 1, … `to`.
inline std::vector<std::uint64_t> Through(std::uint64_t from, std::uint64_t to) {
  std::vector<std::uint64_t> numbers;
  for (; from <= to; ++from) numbers.push_back(from);
  return numbers;
}

}  // namespace notify::agent::hub
