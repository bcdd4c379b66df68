#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::event {
namespace {

class EventPublish : public testing_support::CommandLineTest {
 protected:
  void AgentAnswers() {
    api.Answers("publishEvent", R"({"id":"e1","epoch":7,"sequence":1,"duplicate":false})");
  }
};

TEST_F(EventPublish, SendsTheShortForm) {
  AgentAnswers();
  EXPECT_EQ(Run({"event", "publish", "--tenant", "blue", "--type", "a.b", "--data", "[1,2.50]",
                 "--subject", "s", "--userid", "u", "--correlation-id", "c", "-o", "json"}),
            0);
  EXPECT_EQ(api.body().Compact(),
            R"({"type":"a.b","subject":"s","userid":"u","correlationid":"c","data":[1,2.50]})");
  EXPECT_EQ(OutJson().Compact(), R"({"id":"e1","epoch":7,"sequence":1,"duplicate":false})");
}

TEST_F(EventPublish, SendsAnEnvelopeFromAFileAsACloudEvent) {
  AgentAnswers();
  const auto file = File("e.json", R"({"specversion":"1.0","type":"a.b","id":"x","data":{"n":1}})");
  EXPECT_EQ(Run({"event", "publish", "-f", file, "--id", "y"}), 0);
  EXPECT_EQ(api.last().content_type, "application/cloudevents+json");
  EXPECT_EQ(api.body().Text("id"), "y");
}

TEST_F(EventPublish, PassesDuplicateKeyAndExpectedVersion) {
  AgentAnswers();
  EXPECT_EQ(Run("event publish --type a.b --idempotency-key k --expected-version 3"), 0);
  EXPECT_EQ(api.last().headers.at(0).second, "k");
  EXPECT_EQ(api.Query("expectedVersion"), "3");
}

TEST_F(EventPublish, RefusesDataThatIsNotJsonAndAnEventWithoutType) {
  EXPECT_EQ(Run("event publish --type a.b --data {oops"), 8);
  EXPECT_NE(err().find("--data"), std::string::npos);
  EXPECT_EQ(Run("event publish --data 1"), 2);
  EXPECT_EQ(Run("event publish --type a.b --priority urgent"), 2);
}

TEST_F(EventPublish, AVersionConflictIsExitFive) {
  api.Refuses("publishEvent", Fail(Errc::kStreamVersionConflict, "It is 4."));
  EXPECT_EQ(Run("event publish --type a.b --stream s --expected-version 3"), 5);
}

}  // namespace
}  // namespace notify::cli::event
