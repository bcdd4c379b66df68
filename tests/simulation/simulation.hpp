#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/app/agent.hpp"
#include "agent/async/task_group.hpp"
#include "tests/simulation/checks.hpp"
#include "tests/simulation/hub_sessions.hpp"
#include "tests/support/sim/sim_disk.hpp"
#include "tests/support/sim/sim_runtime.hpp"

namespace notify::simulation {

/// What happens in one run, beside what the seed decides.
struct Options {
  std::uint64_t seed = 1;
  std::size_t events = 24;  ///< Of each publisher; there are two a tenant.
  bool lying_disk = false;  ///< Once the agent is up, syncs do nothing.
  /// Hub clients that resume and that acknowledge are there as well, and it is the subscribers'
  /// connections that are disturbed.
  bool sessions = false;
  std::chrono::milliseconds pace{25};     ///< Between two requests of a publisher, at most.
  std::chrono::milliseconds calm{73};     ///< Between two disturbances, at most.
  std::optional<std::size_t> power_cuts;  ///< Nothing: as the seed wants it.
};

/// What a run showed.
struct Report {
  std::vector<std::string> violations;  ///< Sentences; none: every invariant held.
  std::uint64_t fingerprint = 0;        ///< The same for the same run.
  std::size_t power_cuts = 0;
  std::size_t cuts = 0;  ///< Of connections.
  std::size_t events = 0;
  std::size_t connections = 0;  ///< Of subscribers.
  std::size_t resumed = 0;      ///< Sessions, of those connections.
  Clock::Duration time{};       ///< That passed on the machine while it ran.
  std::uint64_t disk_changes = 0;
};

/// The tenants of every run. Their names stand in all their ids and data, and are what must not
/// come out on the other side.
inline constexpr const char* kBlue = "blue-canary";
inline constexpr const char* kGreen = "green-canary";
inline constexpr const char* kPassing = "passing-canary";  ///< The one that comes and goes.

/// The whole agent on a simulated machine, with everybody who talks to it; two tenants, a hub
/// client and an event stream each.
///
/// Threads: one.
class Simulation {
 public:
  explicit Simulation(Options options);
  ~Simulation();

  /// Runs to the end and checks everything. Once.
  Report Run();

 private:
  struct Tenant {
    std::string name;
    std::vector<std::unique_ptr<Subscriber>> subscribers;
    std::vector<std::unique_ptr<Publisher>> publishers;
  };

  void MakeTenant(const std::string& name, const std::string& other);
  template <typename Kind>
  void AddSubscriber(Tenant& tenant, const std::string& name, const std::string& pattern);
  void PutTemplates();
  /// False: the power went while it started, or before all was done.
  bool LiveOnce();
  void RunToTheEnd();
  bool Boot();
  void StartParties();
  void Disturb();
  bool Done() const;
  bool Settled();
  Clock::Duration LongestRun() const;
  void StopCleanly();
  void PullThePlug();
  void CheckEvents(Inspector& inspector);
  void CheckPassing(Inspector& inspector);
  void CheckParties();
  void CheckDisk();
  void Say(std::string violation) { report_.violations.push_back(std::move(violation)); }

  const Options options_;
  sim::Dice dice_;
  sim::SimDisk disk_;
  std::map<std::string, Credentials> credentials_;
  std::vector<Tenant> tenants_;
  std::vector<Party*> parties_;
  std::vector<Party*> disturbed_;
  std::vector<const ResumingClient*> resuming_;
  std::unique_ptr<Operator> operator_;
  std::unique_ptr<Churner> churner_;

  // From one power-on to the next cut.
  std::unique_ptr<sim::SimRuntime> runtime_;
  std::unique_ptr<agent::app::Agent> agent_;
  std::vector<std::unique_ptr<async::TaskGroup>> groups_;
  Net net_;
  Clock::TimePoint booted_;

  std::vector<std::uint64_t> power_cuts_;  // Changing disk calls, each from the start before it.
  std::size_t incarnation_ = 0;
  Clock::WallTime wall_{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};
  Report report_;
};

}  // namespace notify::simulation
