#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "common/failpoint.hpp"
#include "tests/simulation/simulation.hpp"

namespace notify::simulation {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::HasSubstr;

std::uint64_t NumberFrom(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// Clients that resume, acknowledge and subscribe after a position, whose connections are lost all
/// the time, and an agent whose power goes again and again.
Options Minutes(std::uint64_t seed) {
  Options options;
  options.seed = seed;
  options.sessions = true;
  options.events = 60;
  options.pace = 4s;
  options.calm = 2s;
  options.power_cuts = 4;
  return options;
}

/// The same for an hour.
Options Hour(std::uint64_t seed) {
  Options options = Minutes(seed);
  options.events = 900;
  options.pace = 15s;
  options.calm = 9s;
  options.power_cuts = 30;
  return options;
}

std::string Show(const Report& report) {
  std::string text;
  for (const std::string& violation : report.violations) text += "\n  " + violation;
  return text;
}

void Print(const Report& report) {
  std::printf("%.0f minutes: %zu connections, %zu resumed, %zu power cuts, %zu events\n",
              std::chrono::duration<double>(report.time).count() / 60, report.connections,
              report.resumed, report.power_cuts, report.events);
}

/// NOTIFY_SIM_HOURS hours, with the seeds from NOTIFY_SIM_FIRST on.
TEST(HubSessions, LoseNothingAndRepeatNothingUnmarkedInAnHourWithAThousandLostConnections) {
  const std::uint64_t first = NumberFrom("NOTIFY_SIM_FIRST", 1);
  const std::uint64_t hours = NumberFrom("NOTIFY_SIM_HOURS", 1);
  for (std::uint64_t seed = first; seed < first + hours; ++seed) {
    const Report report = Simulation(Hour(seed)).Run();
    EXPECT_TRUE(report.violations.empty()) << "seed " << seed << Show(report);
    EXPECT_GE(report.time, 1h);
    EXPECT_GE(report.connections, 1000U);
    EXPECT_GE(report.resumed, 300U);
    EXPECT_GE(report.power_cuts, 10U);
    Print(report);
  }
}

TEST(HubSessions, DoSoWhereverThePowerGoes) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Report report = Simulation(Minutes(seed)).Run();
    EXPECT_TRUE(report.violations.empty()) << "seed " << seed << Show(report);
  }
}

#if defined(NOTIFY_FAILPOINTS)

/// A fault, and what the simulation must say of it.
struct Bug {
  Failpoint failpoint;
  const char* says;
};

class PlantedHubBugs : public ::testing::TestWithParam<Bug> {
 protected:
  PlantedHubBugs() { Plant(GetParam().failpoint); }
  ~PlantedHubBugs() override { Plant(std::nullopt); }
};

TEST_P(PlantedHubBugs, AreCaughtByTheSimulation) {
  std::vector<std::string> said;
  for (std::uint64_t seed = 1; seed <= 40 && said.empty(); ++seed) {
    said = Simulation(Minutes(seed)).Run().violations;
  }
  EXPECT_THAT(said, Contains(HasSubstr(GetParam().says)));
}

INSTANTIATE_TEST_SUITE_P(Each, PlantedHubBugs,
                         ::testing::Values(Bug{Failpoint::kSessionForgets, " saw "},
                                           Bug{Failpoint::kSessionAhead, " saw "},
                                           Bug{Failpoint::kRepeatUnmarked,
                                               "came again without a mark"}),
                         [](const ::testing::TestParamInfo<Bug>& info) {
                           std::string name(NameOf(info.param.failpoint));
                           std::ranges::replace(name, '.', '_');
                           return name;
                         });

#endif

}  // namespace
}  // namespace notify::simulation
