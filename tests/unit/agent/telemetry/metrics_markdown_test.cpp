#include "agent/telemetry/metrics_markdown.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "agent/telemetry/families.hpp"

namespace notify::agent::telemetry {
namespace {

// With NOTIFY_UPDATE_DOCS=1 the page is written instead of checked.
TEST(MetricsMarkdown, IsWhatLiesInDocs) {
  const std::string path = std::string(NOTIFY_SOURCE_DIR) + "/docs/metrics.md";
  if (std::getenv("NOTIFY_UPDATE_DOCS") != nullptr) std::ofstream(path) << MetricsMarkdown();
  std::ifstream file(path);
  const std::string page{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_EQ(page, MetricsMarkdown())
      << "docs/metrics.md is stale: NOTIFY_UPDATE_DOCS=1 bin/unit_agent_telemetry";
}

TEST(MetricsMarkdown, HasARowForEachFamily) {
  for (const FamilyInfo& family : kFamilies) {
    EXPECT_THAT(MetricsMarkdown(), testing::HasSubstr("| `" + std::string(family.name) + "` | "));
  }
}

}  // namespace
}  // namespace notify::agent::telemetry
