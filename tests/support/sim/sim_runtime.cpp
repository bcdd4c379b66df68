#include "tests/support/sim/sim_runtime.hpp"

#include <stdexcept>

namespace notify::testing_support::sim {
namespace {

// More turns than any test takes without time passing: somebody posts to himself for ever.
constexpr std::uint64_t kTurnsWithoutTime = 5'000'000;

class SimIoThread final : public async::IoThread {
 public:
  SimIoThread(SimMachine& machine, SimNetwork& network, std::string name)
      : network_(network), executor_(machine, std::move(name)), timers_(executor_) {}

  async::Executor& executor() override { return executor_; }
  async::Timers& timers() override { return timers_; }
  Result<std::unique_ptr<async::Listener>> Listen(const async::Endpoint& at, Share share) override {
    return network_.Listen(executor_, at, share);
  }
  async::Task<Result<std::unique_ptr<async::Stream>>> Connect(async::Endpoint to,
                                                              Clock::Duration limit) override {
    return network_.Connect(executor_, timers_, std::move(to), limit);
  }
  std::unique_ptr<async::Stream> Adopt(std::unique_ptr<async::Stream> stream) override {
    return network_.Adopt(executor_, std::move(stream));
  }

 private:
  SimNetwork& network_;
  SimExecutor executor_;
  SimTimers timers_;
};

}  // namespace

struct SimRuntime::Parts {
  Parts(const SimOptions& options, Dice dice, async::FileSystem& f)
      : random(dice.Fork()),
        machine(dice.Fork(), options.start),
        network(machine, dice.Fork(), options.network),
        reader(machine, "reader"),
        background(machine, "background"),
        background_timers(background),
        platform(machine, "platform"),
        platform_timers(platform),
        outbound(machine, "outbound"),
        files(f) {
    for (std::size_t i = 0; i < options.io_threads; ++i) {
      io.push_back(std::make_unique<SimIoThread>(machine, network, "io-" + std::to_string(i)));
    }
    for (std::size_t i = 0; i < options.storage_threads; ++i) {
      storage.push_back(std::make_unique<SimExecutor>(machine, "storage-" + std::to_string(i)));
    }
  }

  SimRandom random;
  SimMachine machine;
  SimNetwork network;
  SimExecutor reader;
  SimExecutor background;
  SimTimers background_timers;
  SimExecutor platform;
  SimTimers platform_timers;
  SimExecutor outbound;
  async::FileSystem& files;
  std::vector<std::unique_ptr<SimIoThread>> io;
  std::vector<std::unique_ptr<SimExecutor>> storage;
};

SimRuntime::SimRuntime(SimOptions options, SimDisk& disk)
    : seed_(options.seed),
      disk_(disk),
      parts_(std::make_unique<Parts>(options, Dice(options.seed), disk.mount())) {
  disk_.SetClock(&parts_->machine.clock());
}

SimRuntime::~SimRuntime() {
  disk_.SetClock(nullptr);
  if (parts_->machine.stopped()) Abandon(std::move(parts_));
}

std::size_t SimRuntime::io_threads() const { return parts_->io.size(); }
async::IoThread& SimRuntime::io(std::size_t index) { return *parts_->io.at(index); }
std::size_t SimRuntime::storage_threads() const { return parts_->storage.size(); }
async::Executor& SimRuntime::storage(std::size_t index) { return *parts_->storage.at(index); }
async::Executor& SimRuntime::reader() { return parts_->reader; }
async::Executor& SimRuntime::background() { return parts_->background; }
async::Timers& SimRuntime::background_timers() { return parts_->background_timers; }
async::Executor& SimRuntime::platform() { return parts_->platform; }
async::Timers& SimRuntime::platform_timers() { return parts_->platform_timers; }
async::Executor& SimRuntime::outbound() { return parts_->outbound; }
async::FileSystem& SimRuntime::files() { return parts_->files; }
const Clock& SimRuntime::clock() { return parts_->machine.clock(); }
Random& SimRuntime::random() { return parts_->random; }
SimNetwork& SimRuntime::network() { return parts_->network; }
SimClock& SimRuntime::sim_clock() { return parts_->machine.clock(); }
std::uint64_t SimRuntime::fingerprint() const { return parts_->machine.fingerprint(); }
void SimRuntime::Crash() { parts_->machine.Stop(); }

void SimRuntime::RunUntilIdle() {
  for (std::uint64_t turns = 0; parts_->machine.Step(); ++turns) {
    if (turns > kTurnsWithoutTime) FailStuck();
  }
}

void SimRuntime::RunFor(Clock::Duration duration) {
  const Clock::TimePoint end = clock().Now() + duration;
  do {
    RunUntilIdle();
  } while (parts_->machine.Advance(end));
  RunUntilIdle();
}

bool SimRuntime::RunUntil(const std::function<bool()>& met, Clock::Duration limit) {
  const Clock::TimePoint end = clock().Now() + limit;
  for (std::uint64_t turns = 0; !met(); ++turns) {
    if (turns > kTurnsWithoutTime) FailStuck();
    if (parts_->machine.Step()) continue;
    turns = 0;
    if (!parts_->machine.Advance(end)) return met();
  }
  return true;
}

void SimRuntime::FailStuck() const {
  const auto since = parts_->machine.clock().Now().time_since_epoch();
  throw std::runtime_error(
      "The simulation is stuck: nothing ends what was waited for. Seed " + std::to_string(seed_) +
      ", virtual second " +
      std::to_string(std::chrono::duration_cast<std::chrono::seconds>(since).count()) + ".");
}

}  // namespace notify::testing_support::sim
