#pragma once

#include <deque>
#include <memory>

#include "agent/async/stream.hpp"
#include "tests/support/sim/sim_network.hpp"

namespace notify::testing_support::sim {

/// A listener at one address of the simulated network.
class SimListener final : public async::Listener {
 public:
  SimListener(SimNetwork& network, SimExecutor& executor, async::Endpoint local)
      : network_(network), executor_(executor), local_(std::move(local)) {}
  ~SimListener() override { Close(); }

  async::Task<Result<std::unique_ptr<async::Stream>>> Accept() override;
  void Close() override;
  const async::Endpoint& local() const override { return local_; }

  SimExecutor& executor() { return executor_; }
  /// A connection arrived.
  void Push(std::unique_ptr<async::Stream> stream);

 private:
  struct Arrival;

  SimNetwork& network_;
  SimExecutor& executor_;
  const async::Endpoint local_;
  std::deque<std::unique_ptr<async::Stream>> backlog_;
  async::ResumePoint* waiting_ = nullptr;
  bool closed_ = false;
};

}  // namespace notify::testing_support::sim
