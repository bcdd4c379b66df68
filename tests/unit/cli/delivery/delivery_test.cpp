#include <gmock/gmock.h>

#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::delivery {
namespace {

using testing::HasSubstr;

constexpr const char* kDelivery =
    R"({"id":"d","channel":"WEBHOOK","recipient":"https://x.example/***","status":"FAILED",)"
    R"("attempts":2,"history":[{"round":0,"attempt":1,"at":"2026-01-02T03:04:05Z","tookMs":12,)"
    R"("result":"FAILED","code":"upstream_timeout","detail":"Too slow."}]})";

class DeliveryCommands : public testing_support::CommandLineTest {};

TEST_F(DeliveryCommands, GetShowsTheStateAndBelowItTheAttempts) {
  api.Answers("getDelivery", kDelivery);
  EXPECT_EQ(Run("delivery get d"), 0);
  EXPECT_EQ(api.last().path.at("id"), "d");
  EXPECT_EQ(api.Query("reveal"), "");
  EXPECT_THAT(out(), HasSubstr("https://x.example/***"));
  EXPECT_THAT(out(), HasSubstr("upstream_timeout"));
}

TEST_F(DeliveryCommands, GetPrintsTheWholeObjectForPrograms) {
  api.Answers("getDelivery", kDelivery);
  EXPECT_EQ(Run("delivery get d --reveal -o json"), 0);
  EXPECT_EQ(api.Query("reveal"), "true");
  EXPECT_EQ(OutJson().Text("status"), "FAILED");
  EXPECT_THAT(out(), HasSubstr("\"history\""));
}

TEST_F(DeliveryCommands, ListAsksForWhatIsWanted) {
  api.Answers("listDeliveries", R"({"items":[{"id":"d"}],"next":null})");
  EXPECT_EQ(Run("delivery list --notification n --event 1000-7 --user alice --channel in_app "
                "--status failed -o name"),
            0);
  EXPECT_EQ(out(), "d\n");
  EXPECT_EQ(api.Query("notification"), "n");
  EXPECT_EQ(api.Query("event"), "1000-7");
  EXPECT_EQ(api.Query("user"), "alice");
  EXPECT_EQ(api.Query("channel"), "in_app");
  EXPECT_EQ(api.Query("status"), "failed");
  EXPECT_EQ(Run("delivery list --status lost"), 2);
}

}  // namespace
}  // namespace notify::cli::delivery
