#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::audit {
namespace {

class AuditList : public testing_support::CommandLineTest {};

TEST_F(AuditList, PassesItsFiltersAndPrintsRecords) {
  api.Answers(
      "listAudit",
      R"({"items":[{"time":"t","actor":"a","action":"hub.join","result":"denied"}],"next":null})");
  EXPECT_EQ(Run("audit list --tenant blue --since 1h --action hub.join --result denied -o json"),
            0);
  EXPECT_EQ(api.Query("action"), "hub.join");
  EXPECT_EQ(api.Query("result"), "denied");
  EXPECT_EQ(OutJson().Find("items")->items().size(), 1U);
}

}  // namespace
}  // namespace notify::cli::audit
