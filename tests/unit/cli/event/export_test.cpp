#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::event {
namespace {

using EventExport = testing_support::CommandLineTest;

TEST_F(EventExport, WritesTheLinesAsTheyCome) {
  api.Downloads("listEvents", "{\"id\":\"a\",\"n\":1.10}\n{\"id\":\"b\"}\n");
  EXPECT_EQ(Run("event export --since 1h --type fx.* --limit 2000000 --raw"), 0);
  EXPECT_EQ(out(), "{\"id\":\"a\",\"n\":1.10}\n{\"id\":\"b\"}\n");
  EXPECT_EQ(api.Query("since"), "1h");
  EXPECT_EQ(api.Query("type"), "fx.*");
  EXPECT_EQ(api.Query("limit"), "2000000");
  EXPECT_EQ(api.Query("raw"), "true");
}

TEST_F(EventExport, AsksForAllWhereNothingIsNamed) {
  api.Downloads("listEvents", "");
  EXPECT_EQ(Run("event export"), 0);
  EXPECT_EQ(out(), "");
  EXPECT_EQ(api.Query("limit"), "");
  EXPECT_EQ(api.Query("last"), "");
}

TEST_F(EventExport, RefusesWhatIsNoPositionAndNoNumber) {
  EXPECT_EQ(Run("event export --after yesterday"), 2);
  EXPECT_EQ(Run("event export --limit 0"), 2);
}

}  // namespace
}  // namespace notify::cli::event
