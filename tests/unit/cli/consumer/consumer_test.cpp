#include <algorithm>

#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::consumer {
namespace {

class ConsumerCommands : public testing_support::CommandLineTest {
 protected:
  static constexpr auto kTwo =
      R"({"items":[{"id":"a","type":"a.b","sequence":1},{"id":"b","type":"a.b","sequence":2}],)"
      R"("position":{"epoch":7,"sequence":2}})";
  static constexpr auto kNone = R"({"items":[],"position":{"epoch":7,"sequence":2}})";
  static constexpr auto kGap =
      R"({"items":[],"position":{"epoch":7,"sequence":9},"gap":{"reason":"retention",)"
      R"("requested":{"epoch":7,"sequence":2},"resumedAfter":{"epoch":7,"sequence":9},"missed":7}})";
};

TEST_F(ConsumerCommands, CreateSendsWhatItIsAskedToBe) {
  api.Answers("createConsumer", R"({"name":"billing"})");
  EXPECT_EQ(Run("consumer create billing --type fx.* --type a.b --topic eur --after 0 "
                "--max-in-flight 10 --ack-timeout 5s --max-attempts 3 --expire-after 1h"),
            0);
  EXPECT_EQ(api.body().Compact(),
            R"({"name":"billing","types":["fx.*","a.b"],"topics":["eur"],"after":"0",)"
            R"("maxInFlight":10,"ackTimeout":"5s","maxAttempts":3,"expireAfter":"1h"})");
}

TEST_F(ConsumerCommands, CreateTakesAFileAndNeedsAName) {
  api.Answers("createConsumer", R"({"name":"billing"})");
  const auto file = File("c.yaml", "name: billing\ntypes: [payment.*]\n");
  EXPECT_EQ(Run({"consumer", "create", "-f", file, "--after", "0"}), 0);
  EXPECT_EQ(api.body().Compact(), R"({"name":"billing","types":["payment.*"],"after":"0"})");
  EXPECT_EQ(Run("consumer create --type a.b"), 2);
  EXPECT_EQ(Run({"consumer", "create", "-f", File("d.yaml", "nam: x\n")}), 8);
}

TEST_F(ConsumerCommands, CreateMaySucceedWhereThereIsOne) {
  api.Refuses("createConsumer", Fail(Errc::kConflict, "There is one."))
      .Refuses("createConsumer", Fail(Errc::kConflict, "There is one."))
      .Answers("getConsumer", R"({"name":"billing"})");
  EXPECT_EQ(Run("consumer create billing"), 5);
  EXPECT_EQ(Run("consumer create billing --if-not-exists -o name"), 0);
  EXPECT_EQ(out(), "billing\n");
}

TEST_F(ConsumerCommands, FetchPrintsAndSaysHowToAcknowledge) {
  api.Answers("fetchConsumer", kTwo);
  EXPECT_EQ(Run("consumer fetch billing --max 5 --wait 2s"), 0);
  EXPECT_EQ(api.body().Compact(), R"({"max":5,"waitMs":2000})");
  EXPECT_NE(err().find("notifyctl consumer ack billing 7-2"), std::string::npos);
}

TEST_F(ConsumerCommands, FetchAcknowledgesWhatItPrinted) {
  api.Answers("fetchConsumer", kTwo).Answers("ackConsumer", R"({"position":{}})");
  EXPECT_EQ(Run("consumer fetch billing --ack -o ndjson"), 0);
  EXPECT_EQ(api.last().operation, "ackConsumer");
  EXPECT_EQ(api.body().Compact(), R"({"position":"7-2"})");
}

TEST_F(ConsumerCommands, FetchAcknowledgesNothingWhereThereWasNothing) {
  api.Answers("fetchConsumer", kNone);
  EXPECT_EQ(Run("consumer fetch billing --ack"), 0);
  EXPECT_EQ(api.last().operation, "fetchConsumer");
}

TEST_F(ConsumerCommands, FetchTellsAGap) {
  api.Answers("fetchConsumer", kGap);
  EXPECT_EQ(Run("consumer fetch billing"), 0);
  EXPECT_NE(err().find("goes on behind 7-9, 7 events missing"), std::string::npos);
}

TEST_F(ConsumerCommands, AckAndNackNameAPosition) {
  api.Answers("ackConsumer", R"({"position":{"epoch":7,"sequence":2}})")
      .Answers("nackConsumer",
               R"({"position":{"epoch":7,"sequence":1},"redelivered":false,"deadLettered":true})");
  EXPECT_EQ(Run("consumer ack billing 7-2"), 0);
  EXPECT_EQ(Run("consumer nack billing 7-2"), 0);
  EXPECT_EQ(api.body().Compact(), R"({"position":"7-2"})");
  EXPECT_EQ(Run("consumer ack billing two"), 2);
  EXPECT_EQ(Run("consumer nack billing"), 2);
}

TEST_F(ConsumerCommands, TailPrintsAndAcknowledgesUntilItsLimit) {
  for (int i = 0; i < 2; ++i) {
    api.Answers("fetchConsumer", kTwo).Answers("ackConsumer", R"({"position":{}})");
  }
  EXPECT_EQ(Run("consumer tail billing --limit 4 -o ndjson"), 0);
  EXPECT_EQ(std::count(out().begin(), out().end(), '\n'), 4);
  EXPECT_EQ(api.last().operation, "ackConsumer");
}

TEST_F(ConsumerCommands, SeekKeepsTheSettingsAndNeedsAYes) {
  constexpr auto kShown =
      R"({"name":"billing","types":["a.b"],"maxInFlight":3,"position":{"epoch":7,"sequence":2},)"
      R"("lag":1,"inFlight":0,"gap":null,"createdAt":"x","usedAt":"y"})";
  api.Answers("getConsumer", kShown)
      .Answers("getConsumer", kShown)
      .Answers("putConsumer", R"({"name":"billing"})");
  EXPECT_EQ(Run("consumer seek billing --after 0"), 2);
  EXPECT_EQ(Run("consumer seek billing --after 0 --yes"), 0);
  EXPECT_EQ(api.body().Compact(),
            R"({"name":"billing","types":["a.b"],"maxInFlight":3,"after":"0"})");
}

TEST_F(ConsumerCommands, ListGetDelete) {
  api.Answers("listConsumers", R"({"items":[{"name":"billing"}],"next":null})")
      .Answers("getConsumer", R"({"name":"billing","lag":3})")
      .Answers("deleteConsumer", R"({"id":"billing","deleted":true})");
  EXPECT_EQ(Run("consumers list -o name"), 0);
  EXPECT_EQ(out(), "billing\n");
  EXPECT_EQ(Run("consumer get billing"), 0);
  EXPECT_EQ(Run("consumer delete billing"), 2);
  EXPECT_EQ(Run("consumer delete billing --dry-run"), 0);
  EXPECT_EQ(Run("consumer delete billing --yes"), 0);
}

}  // namespace
}  // namespace notify::cli::consumer
