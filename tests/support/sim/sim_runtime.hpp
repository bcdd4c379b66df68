#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/async/runtime.hpp"
#include "tests/support/sim/abandoned.hpp"
#include "tests/support/sim/sim_disk.hpp"
#include "tests/support/sim/sim_machine.hpp"
#include "tests/support/sim/sim_network.hpp"

namespace notify::testing_support::sim {

/// What a simulated machine is made of. The same options give the same run.
struct SimOptions {
  std::uint64_t seed = 1;
  std::size_t io_threads = 2;
  std::size_t storage_threads = 2;
  NetworkOptions network;
  Clock::WallTime start{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};
};

namespace internal {

/// Where a driven task leaves its result; kept by the frame, because a test may give up first.
template <typename T>
struct Outcome {
  std::optional<T> value;
  std::exception_ptr exception;
  bool done = false;
};
template <>
struct Outcome<void> {
  std::exception_ptr exception;
  bool done = false;
};

template <typename T>
async::internal::Detached Drive(async::Task<T> task, std::shared_ptr<Outcome<T>> outcome) {
  try {
    if constexpr (std::is_void_v<T>) {
      co_await task;
    } else {
      outcome->value.emplace(co_await task);
    }
  } catch (...) {
    outcome->exception = std::current_exception();
  }
  outcome->done = true;
}

}  // namespace internal

/// The simulated Runtime: many virtual threads in the one real thread that calls Run…(), virtual
/// time, a network and a disk of memory; all choices come from the seed. Failures name it.
///
/// A power cut, in a test:
///
///     disk.PowerOffAt(n);                                  // or at any moment between turns
///     runtime->RunUntil([&] { return disk.power_off(); });
///     runtime->Crash();                                    // nothing of the old run runs again
///     Abandon(std::move(agent));                           // or destroy it: nothing is called
///     back runtime.reset(); disk.PowerCut(seed); runtime = std::make_unique<SimRuntime>(options,
///     disk);  // start again from the disk
///
/// Lifetime: outlives the agent and its clients. After Crash() what it holds, suspended coroutines
///           included, is kept until the process ends, see Abandon(); the disk is free at once.
/// Threads:  one.
class SimRuntime final : public async::Runtime {
 public:
  /// `disk` outlives the runtime.
  SimRuntime(SimOptions options, SimDisk& disk);
  ~SimRuntime() override;
  SimRuntime(const SimRuntime&) = delete;
  SimRuntime& operator=(const SimRuntime&) = delete;

  std::size_t io_threads() const override;
  async::IoThread& io(std::size_t index) override;
  std::size_t storage_threads() const override;
  async::Executor& storage(std::size_t index) override;
  async::Executor& reader() override;
  async::Executor& background() override;
  async::Timers& background_timers() override;
  async::Executor& platform() override;
  async::Timers& platform_timers() override;
  async::Executor& outbound() override;
  /// The disk until the next power cut.
  async::FileSystem& files() override;
  const Clock& clock() override;
  Random& random() override;

  SimNetwork& network();
  /// To step the wall clock.
  SimClock& sim_clock();

  /// Runs all that is ready. No time passes: what waits for a timer or the network still waits.
  void RunUntilIdle();
  /// Runs, and lets so much time pass.
  void RunFor(Clock::Duration duration);
  /// Runs until `met` holds between two turns. False where it does not within `limit` of virtual
  /// time.
  bool RunUntil(const std::function<bool()>& met, Clock::Duration limit = std::chrono::minutes(1));

  /// Drives a task to its end, on the first I/O thread or on `on`. Rethrows what it throws. Throws
  /// std::runtime_error, which fails the test, where it has not ended after `limit` of virtual
  /// time.
  template <typename T>
  T Run(async::Task<T> task, async::Executor* on = nullptr,
        Clock::Duration limit = std::chrono::minutes(10)) {
    auto outcome = std::make_shared<internal::Outcome<T>>();
    internal::Drive<T>(std::move(task), outcome)
        .Start(on != nullptr ? *on : io(0).executor(), nullptr);
    if (!RunUntil([&] { return outcome->done; }, limit)) FailStuck();
    if (outcome->exception) std::rethrow_exception(outcome->exception);
    if constexpr (!std::is_void_v<T>) return std::move(*outcome->value);
  }

  /// Stops for ever, as a power cut or kill -9 does: queued work is not done, timers do not fire,
  /// nobody is resumed. Objects of the agent may be destroyed afterwards or abandoned.
  void Crash();

  /// The same for the same choices, so that a test can prove a run to be repeatable.
  std::uint64_t fingerprint() const;

 private:
  struct Parts;
  [[noreturn]] void FailStuck() const;

  const std::uint64_t seed_;
  SimDisk& disk_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace notify::testing_support::sim
