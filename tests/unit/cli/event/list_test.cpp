#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::event {
namespace {

class EventList : public testing_support::CommandLineTest {
 protected:
  void AgentAnswers() {
    api.Answers(
        "listEvents",
        R"({"items":[{"id":"e1","type":"a.b","sequence":1,"data":{"n":1.10,"n":2}}],"next":null})");
  }
};

TEST_F(EventList, WithoutAStartAsksForTheLastFifty) {
  AgentAnswers();
  EXPECT_EQ(Run("event list"), 0);
  EXPECT_EQ(api.Query("last"), "50");
}

TEST_F(EventList, WithAStartGoesForwardFromThere) {
  AgentAnswers();
  EXPECT_EQ(Run("event list --since 1h --type fx.* --limit 5"), 0);
  EXPECT_EQ(api.Query("last"), "");
  EXPECT_EQ(api.Query("since"), "1h");
  EXPECT_EQ(api.Query("type"), "fx.*");
}

TEST_F(EventList, FromAndToAreOtherNames) {
  AgentAnswers();
  EXPECT_EQ(Run("event list --from 2h --to 1h"), 0);
  EXPECT_EQ(api.Query("since"), "2h");
  EXPECT_EQ(api.Query("until"), "1h");
}

TEST_F(EventList, DataIsPrintedAsItWasSent) {
  AgentAnswers();
  EXPECT_EQ(Run("events ls -o ndjson"), 0);
  EXPECT_EQ(out(), R"({"id":"e1","type":"a.b","sequence":1,"data":{"n":1.10,"n":2}})"
                   "\n");
}

TEST_F(EventList, RefusesAPositionThatIsNoneAndALongTail) {
  EXPECT_EQ(Run("event list --after yesterday"), 2);
  EXPECT_EQ(Run("event list --limit 5000"), 2);
}

TEST_F(EventList, AGapIsExitOne) {
  api.Refuses("listEvents", Fail(Errc::kGap, "Older events are gone."));
  EXPECT_EQ(Run("event list --after 1-1"), 1);
}

TEST_F(EventList, GetShowsWhatCameOfAnEvent) {
  api.Answers("getEvent",
              R"({"id":"e1","type":"a.b","outcome":{"connections":2,"deliveries":[],)"
              R"("rules":[{"rule":"r1","matched":false,"reason":"amount is below 5"}]}})");
  EXPECT_EQ(Run("event get e1"), 0);
  EXPECT_EQ(api.Query("outcome"), "true");
  EXPECT_EQ(out(),
            "ID       e1\nTYPE     a.b\nSEEN BY  2\n\nRules\n"
            "RULE  MATCHED  WHY\nr1    false    amount is below 5\n");
}

}  // namespace
}  // namespace notify::cli::event
