#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "agent/async/runtime.hpp"
#include "agent/async/task_group.hpp"
#include "agent/flow/directory.hpp"
#include "common/config/load.hpp"

namespace notify::agent::app {

struct Storage;
struct Tenancy;
struct DeliverySide;
class LiveSide;
struct FrontDoor;

/// The agent: everything made and connected, in the order of the flow. It knows the machine through
/// the Runtime only, so that the simulator runs the same one.
///
/// Lifetime: Stop() is awaited before it goes, unless the machine was lost.
/// Threads:  made, started and stopped on the platform executor.
class Agent {
 public:
  /// What the process gives beside the runtime.
  struct Process {
    std::uint32_t own_uid = 0;
    std::function<void()> request_stop;                 ///< Any thread; returns at once.
    std::function<Result<LoadedConfig>()> read_config;  ///< For reload.
    std::string templates_dir;                          ///< Where the shipped templates lie.
    std::vector<std::string> signalr_bundles;  ///< Where the stock client for `/dev` may lie.
  };

  /// What a start leaves to say.
  struct Started {
    async::Endpoint tcp;  ///< With the port that the system chose.
    std::string socket;
    bool first_start = false;
    bool master_key_created = false;
    std::string dev_key;    ///< `--dev`: the admin key of tenant `default`, shown once.
    std::string dev_token;  ///< `--dev`: a subscriber token.
  };

  /// `runtime` outlives the agent.
  Agent(async::Runtime& runtime, LoadedConfig config, Process process);
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  /// Opens what is there and listens. An error leaves nothing running.
  async::Task<Result<Started>> Start();

  /// Drains: no new connections, what is in flight ends, hub clients are told to come again, all is
  /// written and closed.
  async::Task<void> Stop();

  /// Puts in force what can change while the agent runs: the log's level. kInvalidConfig leaves
  /// everything as it was.
  async::Task<Status> Reload();

  /// Tenants, tokens and logs, for the simulator's tests.
  Tenancy& tenancy() { return *tenancy_; }

 private:
  async::Task<Status> Establish(Started& started);
  async::Task<Status> MakeDevTenant(Started& started);
  async::Task<void> Housekeep();
  /// Has the logs kept within their limits, also those of tenants that came or changed.
  void TendLogs();
  std::string StatusJson() const;

  async::Runtime& runtime_;
  const LoadedConfig loaded_;
  const Process process_;
  const Clock::TimePoint begun_;
  std::atomic<bool> ready_{false};
  std::string listen_;

  // In the order of their making; each knows only those before it.
  std::unique_ptr<Storage> storage_;
  std::unique_ptr<Tenancy> tenancy_;
  std::unique_ptr<LiveSide> live_;
  std::unique_ptr<DeliverySide> delivery_;
  std::unique_ptr<FrontDoor> front_door_;
  std::shared_ptr<const Directory> tended_;  // The directory whose logs are kept.
  async::TaskGroup housekeeping_;
  async::Signal housekeeping_ends_;
};

}  // namespace notify::agent::app
