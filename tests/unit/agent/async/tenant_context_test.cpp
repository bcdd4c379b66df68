#include "agent/async/tenant_context.hpp"

#include <gtest/gtest.h>

#include "agent/async/task_group.hpp"
#include "tests/unit/agent/async/worlds.hpp"

namespace notify::agent::async {
namespace {

using namespace std::chrono_literals;
using testing_support::sim::SimDisk;
using testing_support::sim::SimRuntime;

std::string Now() {
  const TenantContext* context = TenantContext::Current();
  return context != nullptr ? context->tenant : "nobody";
}

/// Counts each place at which somebody else's request was seen.
struct Watch {
  int looks = 0;
  int wrong = 0;
  void Expect(const std::string& tenant) {
    ++looks;
    if (Now() != tenant) ++wrong;
  }
};

Task<int> There(Watch& watch, const std::string& tenant, Timers& timers) {
  watch.Expect(tenant);
  co_await timers.Sleep(1ms);
  watch.Expect(tenant);
  co_return 1;
}

Task<void> Work(Runtime& runtime, Stream& stream, Watch& watch, const std::string& tenant) {
  char byte = 0;
  for (int i = 0; i < 20; ++i) {
    watch.Expect(tenant);
    CallOn call(runtime.storage(0), [&] { watch.Expect(tenant); });
    co_await call;
    watch.Expect(tenant);
    RunOn run(runtime.platform(), There(watch, tenant, runtime.platform_timers()));
    co_await run;
    watch.Expect(tenant);
    const Status sent = co_await WriteAll(stream, "x");
    EXPECT_TRUE(sent);
    watch.Expect(tenant);
    const auto got = co_await ReadSome(stream, std::span(&byte, 1));
    EXPECT_EQ(got.value(), 1U);
    watch.Expect(tenant);
    co_await runtime.io(0).timers().Sleep(1ms);
    watch.Expect(tenant);
  }
}

Task<void> Echo(std::unique_ptr<Stream> stream, Watch& watch) {
  char byte = 0;
  while (true) {
    const auto got = co_await ReadSome(*stream, std::span(&byte, 1));
    watch.Expect("nobody");
    if (!got || *got == 0) break;
    const Status sent = co_await WriteAll(*stream, std::string_view(&byte, 1));
    EXPECT_TRUE(sent);
  }
}

Task<void> Serve(Runtime& runtime, TaskGroup& group, Listener& listener, Watch& watch,
                 std::string tenant) {
  auto client = co_await runtime.io(0).Connect(listener.local(), 1s);
  auto server = co_await listener.Accept();
  group.Spawn(Echo(std::move(*server), watch));
  watch.Expect("nobody");
  const TenantContext context{tenant, "c-1", ""};
  co_await WithContext(context, Work(runtime, **client, watch, tenant));
  watch.Expect("nobody");
}

TEST(TenantContext, FollowsTwoTenantsOverEveryHop) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SimDisk disk;
    SimRuntime runtime({.seed = seed}, disk);
    TaskGroup group(runtime.io(0).executor());
    auto listener =
        runtime.io(0).Listen({Endpoint::Kind::kTcp, "127.0.0.1", 0}, IoThread::Share::kFirst);
    Watch watch;
    for (const char* tenant : {"acme", "globex"}) {
      group.Spawn(Serve(runtime, group, **listener, watch, tenant));
    }
    EXPECT_TRUE(runtime.RunUntil([&] { return group.running() == 0; })) << "seed " << seed;
    EXPECT_EQ(watch.wrong, 0) << "seed " << seed;
    EXPECT_GT(watch.looks, 300);
    EXPECT_EQ(Now(), "nobody");
  }
}

Task<std::string> Inner() { co_return Now(); }
Task<std::string> Nested() {
  const TenantContext other{"globex", "", ""};
  std::string seen = Now();
  seen += " " + co_await WithContext(other, Inner());
  seen += " " + Now();
  co_return seen;
}
Task<std::string> Outer() {
  const TenantContext context{"acme", "", ""};
  std::string seen = co_await WithContext(context, Nested());
  seen += " " + Now();
  co_return seen;
}

TEST(TenantContext, IsTheAwaitersAgainAfterAnInnerRequest) {
  EXPECT_EQ(SimWorld().Run(Outer()), "acme globex acme nobody");
}

Task<void> Note(std::string& seen) {
  seen = Now();
  co_return;
}
Task<void> Spawn(TaskGroup& group, std::string& seen) {
  group.Spawn(Note(seen));
  co_return;
}
Task<void> SpawnAs(TaskGroup& group, std::string& seen) {
  const TenantContext context{"acme", "", ""};
  co_await WithContext(context, Spawn(group, seen));
  co_await group.Stop();
}

TEST(TenantContext, IsNobodysInABackgroundTask) {
  SimWorld world;
  TaskGroup group(world.runtime().io(0).executor());
  std::string seen;
  world.Run(SpawnAs(group, seen));
  EXPECT_EQ(seen, "nobody");
}

TEST(TenantContext, FollowsOnRealThreads) {
  RealWorld world;
  TaskGroup group(world.runtime().io(0).executor());
  auto listener =
      world.runtime().io(0).Listen({Endpoint::Kind::kTcp, "127.0.0.1", 0}, IoThread::Share::kFirst);
  Watch watch;
  world.Run(Serve(world.runtime(), group, **listener, watch, "acme"));
  world.Run(group.Stop());
  EXPECT_EQ(watch.wrong, 0);
  EXPECT_GT(watch.looks, 100);
}

}  // namespace
}  // namespace notify::agent::async
