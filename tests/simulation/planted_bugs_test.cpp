#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "common/failpoint.hpp"
#include "tests/simulation/simulation.hpp"

namespace notify::simulation {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr std::uint64_t kMostSeeds = 400;

/// The violations of the first run of which one says `what`; none where no run has it.
std::vector<std::string> FirstToSay(const std::string& what, Options options) {
  for (options.seed = 1; options.seed <= kMostSeeds; ++options.seed) {
    Report report = Simulation(options).Run();
    const auto says = [&](const std::string& one) { return one.find(what) != std::string::npos; };
    if (std::ranges::any_of(report.violations, says)) return report.violations;
  }
  return {};
}

TEST(PlantedFault, ADiskThatDoesNotSyncIsCaught) {
  EXPECT_THAT(FirstToSay("acknowledged and lost", {.lying_disk = true}),
              Contains(HasSubstr("acknowledged and lost")));
}

#if defined(NOTIFY_FAILPOINTS)

/// A fault, and what the simulation must say of it.
struct Bug {
  Failpoint failpoint;
  const char* says;
};

class PlantedBugs : public ::testing::TestWithParam<Bug> {
 protected:
  PlantedBugs() { Plant(GetParam().failpoint); }
  ~PlantedBugs() override { Plant(std::nullopt); }
};

TEST_P(PlantedBugs, AreCaughtByTheSimulation) {
  EXPECT_THAT(FirstToSay(GetParam().says, {}), Contains(HasSubstr(GetParam().says)));
}

TEST_P(PlantedBugs, AreNotInTheRelease) {
  const std::string program = NOTIFY_SOURCE_DIR "/build/release/bin/notifyd";
  if (!std::filesystem::exists(program)) GTEST_SKIP() << "There is no release build.";
  std::ostringstream bytes;
  bytes << std::ifstream(program, std::ios::binary).rdbuf();
  EXPECT_EQ(bytes.str().find(NameOf(GetParam().failpoint)), std::string::npos);
}

std::string NameOfCase(const ::testing::TestParamInfo<Bug>& info) {
  std::string name(NameOf(info.param.failpoint));
  std::ranges::replace(name, '.', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(
    Each, PlantedBugs,
    ::testing::Values(Bug{Failpoint::kAcknowledgeUnproven, "acknowledged and lost"},
                      Bug{Failpoint::kForgetDuplicates, "stored twice"},
                      Bug{Failpoint::kSkipSync, "acknowledged and lost"},
                      Bug{Failpoint::kMixTenants, "which is another tenant's"},
                      Bug{Failpoint::kResumeTooEarly, " saw "},
                      Bug{Failpoint::kCursorBeforeAppend, "has 0 notifications"}),
    NameOfCase);

#endif

}  // namespace
}  // namespace notify::simulation
