#include "cli/calls.hpp"

#include "tests/unit/cli/command_line.hpp"

namespace notify::cli {
namespace {

class Calls : public testing_support::CommandLineTest {
 protected:
  Result<Value> Fetch(std::int64_t limit) {
    const auto client = api.Client();
    return FetchList(*client, client::Request{.operation = "listKeys"}, {.limit = limit});
  }
};

TEST_F(Calls, AListIsPagedUntilTheLimitIsReached) {
  api.Answers("listKeys", R"({"items":[1,2],"next":"p2"})")
      .Answers("listKeys", R"({"items":[3],"next":"p3"})");
  EXPECT_EQ(Fetch(3).value().Compact(), R"({"items":[1,2,3],"next":"p3"})");
  EXPECT_EQ(api.Query("limit"), "1");
  EXPECT_EQ(api.Query("cursor"), "p2");
}

TEST_F(Calls, AListEndsWhereTheAgentSaysSo) {
  api.Answers("listKeys", R"({"items":[1],"next":null})");
  EXPECT_EQ(Fetch(50).value().Compact(), R"({"items":[1],"next":null})");
}

TEST_F(Calls, PagesAreNeverLargerThanTheAgentTakes) {
  api.Answers("listKeys", R"({"items":[],"next":null})");
  ASSERT_TRUE(Fetch(5000).has_value());
  EXPECT_EQ(api.Query("limit"), "1000");
}

TEST_F(Calls, AnAnswerThatIsNoListAndALimitBelowOneAreErrors) {
  api.Answers("listKeys", "{}");
  EXPECT_EQ(Fetch(1).error().code, Errc::kInternal);
  EXPECT_EQ(Fetch(0).error().code, Errc::kUsage);
}

}  // namespace
}  // namespace notify::cli
