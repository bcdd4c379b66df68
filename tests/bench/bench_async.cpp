// What a coroutine of the agent costs: our Task<T> beside asio::awaitable in one program, and hops
// between real threads. Figures and commands are in docs/adr/0002-our-own-task.md.
#include <benchmark/benchmark.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <future>

#include "agent/async/asio/asio_runtime.hpp"
#include "agent/async/run_on.hpp"
#include "agent/async/runtime.hpp"
#include "agent/async/task.hpp"

namespace notify::agent::async {
namespace {

namespace asio = boost::asio;

constexpr int kTimes = 10'000;

/// An executor over an io_context that the benchmark runs itself, as AsioThread's is.
class ContextExecutor final : public Executor {
 public:
  explicit ContextExecutor(asio::io_context& context) : context_(context) {}
  void Post(Closure work) override { asio::post(context_, std::move(work)); }
  bool IsCurrent() const override { return true; }

 private:
  asio::io_context& context_;
};

Task<int> Child(int value) { co_return value; }

internal::Detached AwaitChildren(int times) {
  for (int i = 0; i < times; ++i) benchmark::DoNotOptimize(co_await Child(i));
}

/// A turn of the executor, as every completed wait is one.
struct Turn {
  bool await_ready() const noexcept { return false; }
  template <typename P>
  void await_suspend(std::coroutine_handle<P> caller) {
    PointOf(caller).Schedule();
  }
  void await_resume() const noexcept {}
};

internal::Detached TakeTurns(int times) {
  for (int i = 0; i < times; ++i) co_await Turn{};
}

void RunOurs(benchmark::State& state, internal::Detached (*body)(int)) {
  const TenantContext context{"acme", "", ""};
  asio::io_context io(1);
  ContextExecutor executor(io);
  for (auto _ : state) {
    body(kTimes).Start(executor, &context);
    io.restart();
    io.run();
  }
  state.SetItemsProcessed(state.iterations() * kTimes);
}

asio::awaitable<int> AsioChild(int value) { co_return value; }

asio::awaitable<void> AsioAwaitChildren(int times) {
  for (int i = 0; i < times; ++i) benchmark::DoNotOptimize(co_await AsioChild(i));
}

asio::awaitable<void> AsioTakeTurns(int times) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  for (int i = 0; i < times; ++i) co_await asio::post(executor, asio::use_awaitable);
}

void RunAsio(benchmark::State& state, asio::awaitable<void> (*body)(int)) {
  asio::io_context io(1);
  for (auto _ : state) {
    asio::co_spawn(io, body(kTimes), asio::detached);
    io.restart();
    io.run();
  }
  state.SetItemsProcessed(state.iterations() * kTimes);
}

void AwaitChildOurs(benchmark::State& state) { RunOurs(state, AwaitChildren); }
void AwaitChildAsio(benchmark::State& state) { RunAsio(state, AsioAwaitChildren); }
void ResumeOurs(benchmark::State& state) { RunOurs(state, TakeTurns); }
void ResumeAsio(benchmark::State& state) { RunAsio(state, AsioTakeTurns); }

Task<void> HopBackAndForth(Executor& there, int times) {
  for (int i = 0; i < times; ++i) {
    CallOn call(there, [] {});
    co_await call;
  }
}

internal::Detached Drive(Task<void> task, std::promise<void>& ended) {
  co_await task;
  ended.set_value();
}

void HopToStorageAndBack(benchmark::State& state) {
  const auto runtime = MakeAsioRuntime({.io = 1, .storage = 1});
  constexpr int kHops = 1000;
  for (auto _ : state) {
    std::promise<void> ended;
    Drive(HopBackAndForth(runtime->storage(0), kHops), ended)
        .Start(runtime->io(0).executor(), nullptr);
    ended.get_future().wait();
  }
  state.SetItemsProcessed(state.iterations() * kHops);
}

BENCHMARK(AwaitChildOurs);
BENCHMARK(AwaitChildAsio);
BENCHMARK(ResumeOurs);
BENCHMARK(ResumeAsio);
BENCHMARK(HopToStorageAndBack)->UseRealTime();

}  // namespace
}  // namespace notify::agent::async
