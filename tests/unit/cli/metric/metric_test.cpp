#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::metric {
namespace {

constexpr std::string_view kAnswer =
    R"({"metric":"events","rows":[{"tenant":"blue","type":"a.b","value":7}]})";

class MetricQuery : public testing_support::CommandLineTest {};

TEST_F(MetricQuery, GroupsByTenantAndTypeByDefault) {
  api.Answers("queryMetrics", kAnswer);
  EXPECT_EQ(Run("metric query events --since 1h -o json"), 0);
  EXPECT_EQ(api.Query("by"), "tenant,type");
  EXPECT_EQ(api.Query("since"), "1h");
  EXPECT_EQ(OutJson().Compact(), kAnswer);
}

TEST_F(MetricQuery, ATablesColumnsAreTheLabelsAndTheValue) {
  api.Answers("queryMetrics", kAnswer);
  EXPECT_EQ(Run("metrics query events"), 0);
  EXPECT_EQ(out(), "TENANT  TYPE  VALUE\nblue    a.b   7\n");
}

TEST_F(MetricQuery, NdjsonIsARowALine) {
  api.Answers("queryMetrics", kAnswer);
  EXPECT_EQ(Run("metric query events -o ndjson"), 0);
  EXPECT_EQ(out(), "{\"tenant\":\"blue\",\"type\":\"a.b\",\"value\":7}\n");
}

}  // namespace
}  // namespace notify::cli::metric
