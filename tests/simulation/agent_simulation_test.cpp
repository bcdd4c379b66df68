#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "tests/simulation/simulation.hpp"

namespace notify::simulation {
namespace {

std::uint64_t NumberFrom(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

std::string Show(const Report& report) {
  std::string text;
  for (const std::string& violation : report.violations) text += "\n  " + violation;
  return text;
}

/// NOTIFY_SIM_SEEDS runs, from NOTIFY_SIM_FIRST on.
TEST(AgentSimulation, KeepsItsPromisesThroughPowerCutsAndLostConnections) {
  const std::uint64_t first = NumberFrom("NOTIFY_SIM_FIRST", 1);
  const std::uint64_t seeds = NumberFrom("NOTIFY_SIM_SEEDS", 150);
  Report sum;
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Report report = Simulation({.seed = seed}).Run();
    EXPECT_TRUE(report.violations.empty()) << "seed " << seed << Show(report);
    sum.power_cuts += report.power_cuts;
    sum.cuts += report.cuts;
    sum.events += report.events;
    sum.connections += report.connections;
  }
  std::printf("%llu seeds: %zu power cuts, %zu lost connections, %zu events, %zu subscriptions\n",
              static_cast<unsigned long long>(seeds), sum.power_cuts, sum.cuts, sum.events,
              sum.connections);
}

TEST(AgentSimulation, RepeatsARunFromItsSeed) {
  for (const std::uint64_t seed : {7U, 8U, 9U}) {
    const Report once = Simulation({.seed = seed}).Run();
    const Report again = Simulation({.seed = seed}).Run();
    EXPECT_EQ(once.fingerprint, again.fingerprint) << "seed " << seed;
    EXPECT_EQ(once.events, again.events) << "seed " << seed;
  }
}

}  // namespace
}  // namespace notify::simulation
