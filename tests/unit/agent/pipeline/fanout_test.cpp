#include "agent/pipeline/fanout.hpp"

#include <gtest/gtest.h>

#include "agent/async/run_on.hpp"
#include "agent/hub/hub.hpp"
#include "tests/support/memory_session_keeper.hpp"
#include "tests/support/no_durable_source.hpp"
#include "tests/support/recording_hub_news.hpp"
#include "tests/unit/agent/eventlog/log_fixture.hpp"

namespace notify::agent::pipeline {
namespace {

/// Writes down the positions that it gets.
class Listener final : public hub::Subscriber {
 public:
  bool HasRoom() const override { return true; }
  void Deliver(const hub::Message& event) override {
    got.push_back(event.position().sequence.value);
  }
  bool Offer(const hub::Message&) override { return true; }
  void Skip(std::string_view, const Gap&) override { ++gaps; }
  void Unsubscribed(const hub::EndedSubscription&) override {}
  void Flush() override { ++flushes; }
  void Close(const hub::Farewell&) override { ++closed; }

  std::vector<std::uint64_t> got;
  int gaps = 0;
  int closed = 0;
  std::size_t flushes = 0;
};

/// From the real log to live subscribers, under many schedules.
class FanoutTest : public testing::TestWithParam<std::uint64_t>, public eventlog::LogFixture {
 protected:
  FanoutTest() : LogFixture(GetParam(), {.tail_bytes = 2000, .feed_bytes = 3000}) {}
  ~FanoutTest() override {
    if (client_) hub_.shard(0).Leave(client_);
    runtime_->Run(hub_.Stop());
    runtime_->RunUntilIdle();
  }

  async::Task<void> PublishMany(int count) {
    for (int i = 0; i < count; ++i) {
      std::vector<Sent> two(2);
      auto stored = co_await AppendTask(std::move(two), Tenant("blue"));
      EXPECT_TRUE(stored.has_value());
    }
    published_ = true;
  }

  async::Task<void> Listen(Listener& listener, std::uint64_t from) {
    hub::ClientInfo info{ShortId("c"), "user:a", hub::Sight::Of(Role::kViewer), {}};
    auto client = co_await hub_.shard(0).Enter(Tenant("blue"), std::move(info), listener);
    client_ = *client;
    hub::Filter all;
    all.types = {"*"};
    auto begun = co_await hub_.shard(0).Subscribe(client_, std::move(all), Position{{}, {from}});
    EXPECT_TRUE(begun.has_value());
  }

  Fanout fanout_{*log_};
  testing_support::NoDurableSource durables_;
  testing_support::MemorySessionKeeper sessions_;
  testing_support::RecordingHubNews news_;
  hub::Hub hub_{*runtime_, fanout_, durables_, sessions_, news_};
  hub::ClientPtr client_;
  bool published_ = false;
};

TEST_P(FanoutTest, FromHistoryToLiveWhileAPublisherRunsAtFullRate) {
  Listener listener;
  async::TaskGroup publisher(runtime_->io(1).executor());
  publisher.Spawn(PublishMany(150));
  runtime_->RunFor(std::chrono::milliseconds(GetParam() * 3));
  runtime_->Run(Listen(listener, 10));
  ASSERT_TRUE(runtime_->RunUntil([&] { return published_; }));
  runtime_->RunFor(std::chrono::seconds(1));
  std::vector<std::uint64_t> expected;
  for (std::uint64_t n = 11; n <= 300; ++n) expected.push_back(n);
  EXPECT_EQ(listener.got, expected);
  EXPECT_EQ(listener.gaps + listener.closed, 0);
}

INSTANTIATE_TEST_SUITE_P(Seeds, FanoutTest, testing::Range<std::uint64_t>(1, 21));

}  // namespace
}  // namespace notify::agent::pipeline
