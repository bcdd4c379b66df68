#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::event {
namespace {

class EventImport : public testing_support::CommandLineTest {
 protected:
  void Accepts(int accepted, std::string_view rejected = "[]", std::string_view stopped = "false") {
    api.Answers("importEvents",
                R"({"accepted":)" + std::to_string(accepted) +
                    R"(,"duplicates":0,"epoch":7,"firstSequence":1,"lastSequence":)" +
                    std::to_string(accepted) + R"(,"rejected":)" + std::string(rejected) +
                    R"(,"stopped":)" + std::string(stopped) + "}");
  }
  int Import(const std::string& file, std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"event", "import", "--tenant", "blue",
                                      "-f",    file,     "-o",       "json"};
    words.insert(words.end(), more.begin(), more.end());
    return Run(words);
  }
  Value CheckpointOf(const std::string& name) {
    return Value::Parse(TextOf(name + ".blue.checkpoint")).value();
  }
};

TEST_F(EventImport, SendsLinesAsTheyStandAndReports) {
  Accepts(2);
  EXPECT_EQ(Import(File("e.ndjson", "{\"type\":\"a.b\"}\n\n{\"type\":\"a.c\"}\n")), 0);
  EXPECT_EQ(api.last().body, "{\"type\":\"a.b\"}\n\n{\"type\":\"a.c\"}\n");
  EXPECT_EQ(api.Query("line"), "1");
  EXPECT_EQ(api.Query("onError"), "stop");
  EXPECT_EQ(OutJson().Text("accepted"), "2");
  EXPECT_TRUE(OutJson().IsTrue("complete"));
}

TEST_F(EventImport, TheSameContentHasTheSameId) {
  Accepts(1);
  Accepts(1);
  Accepts(1);
  EXPECT_EQ(Import(File("a.ndjson", "{\"type\":\"a.b\"}\n")), 0);
  const auto id = api.Query("import");
  EXPECT_EQ(Import(File("b.ndjson", "{\"type\":\"a.b\"}\n")), 0);
  EXPECT_EQ(api.Query("import"), id);
  EXPECT_EQ(Import(File("c.ndjson", "{\"type\":\"a.c\"}\n")), 0);
  EXPECT_NE(api.Query("import"), id);
}

TEST_F(EventImport, GoesOnBehindTheCheckpoint) {
  Accepts(1);
  Accepts(1);
  const auto file = File("e.ndjson", "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");
  api.Refuses("importEvents", Fail(Errc::kForbidden, "No."));
  EXPECT_EQ(Import(file, {"--batch", "1", "--in-flight", "1"}), 4);
  EXPECT_EQ(CheckpointOf("e.ndjson").Text("line"), "2");
  Accepts(1);
  EXPECT_EQ(Import(file), 0);
  EXPECT_EQ(api.last().body, "{\"n\":3}\n");
  EXPECT_EQ(OutJson().Text("accepted"), "3");
}

TEST_F(EventImport, AnImportThatIsCompleteSendsNothing) {
  Accepts(1);
  const auto file = File("e.ndjson", "{\"n\":1}\n");
  EXPECT_EQ(Import(file), 0);
  EXPECT_EQ(Import(file), 0);
  EXPECT_EQ(api.calls().size(), 1U);
}

TEST_F(EventImport, AChangedFileIsRefusedUntilItIsMeant) {
  Accepts(1);
  EXPECT_EQ(Import(File("e.ndjson", "{\"n\":1}\n")), 0);
  const auto id = api.Query("import");
  const auto file = File("e.ndjson", "{\"n\":1}\n{\"n\":2}\n");
  EXPECT_EQ(Import(file), 5);
  EXPECT_NE(err().find("--changed"), std::string::npos);
  Accepts(1);
  EXPECT_EQ(Import(file, {"--changed"}), 0);
  EXPECT_EQ(api.last().body, "{\"n\":2}\n");
  EXPECT_EQ(api.Query("import"), id);
}

TEST_F(EventImport, StopsAtABadLineAndNamesIt) {
  Accepts(1, R"([{"index":1,"line":2,"code":"invalid_json","detail":"Cut off."}])", "true");
  EXPECT_EQ(Import(File("e.ndjson", "{\"n\":1}\n{\n{\"n\":3}\n")), 8);
  EXPECT_NE(err().find("line 2: invalid_json: Cut off."), std::string::npos);
  EXPECT_EQ(CheckpointOf("e.ndjson").Text("line"), "1");
}

TEST_F(EventImport, SkipsBadLinesAndKeepsThem) {
  Accepts(2, R"([{"index":1,"line":2,"code":"invalid_json","detail":"Cut off."}])");
  const auto bad = Path("bad.ndjson");
  EXPECT_EQ(Import(File("e.ndjson", "{\"n\":1}\n{\n{\"n\":3}\n"),
                   {"--on-error", "skip", "--rejected", bad}),
            0);
  EXPECT_EQ(TextOf("bad.ndjson"), "{\n");
  EXPECT_EQ(OutJson().Text("rejected"), "1");
}

TEST_F(EventImport, EventsOfTheAgentsOwnTypesAreNoMistake) {
  Accepts(1, R"([{"index":0,"line":1,"code":"type_reserved","detail":"No."}])");
  EXPECT_EQ(Import(File("e.ndjson", "{\"type\":\"tenant.created\"}\n{\"type\":\"a.b\"}\n")), 0);
  EXPECT_EQ(OutJson().Text("own"), "1");
  EXPECT_EQ(OutJson().Text("rejected"), "0");
}

TEST_F(EventImport, WhatWasNotAnsweredIsSentAgain) {
  api.Refuses("importEvents", Fail(Errc::kOutcomeUnknown, "Unknown."));
  Accepts(2);
  EXPECT_EQ(Import(File("e.ndjson", "{\"n\":1}\n{\"n\":2}\n")), 0);
  EXPECT_EQ(api.calls().at(0).body, api.calls().at(1).body);
  EXPECT_EQ(api.calls().at(0).query, api.calls().at(1).query);
}

TEST_F(EventImport, BatchesShrinkToWhatTheQuotaTakes) {
  api.Refuses("importEvents", Fail(Errc::kBatchTooLargeForQuota, "Too many."));
  Accepts(2);
  Accepts(2);
  EXPECT_EQ(Import(File("e.ndjson", "1\n2\n3\n4\n")), 0);
  EXPECT_EQ(api.calls().at(1).body, "1\n2\n");
  EXPECT_EQ(api.calls().at(2).body, "3\n4\n");
  EXPECT_EQ(OutJson().Text("accepted"), "4");
}

TEST_F(EventImport, MapsTheRowsOfATable) {
  Accepts(1);
  EXPECT_EQ(Import(File("o.csv", "order_id,paid_at,amount\no1,2024-01-02T03:04:05Z,5\n"),
                   {"--type", "order.paid", "--map", "id=order_id", "--map", "time=paid_at"}),
            0);
  EXPECT_EQ(api.last().body,
            "{\"id\":\"o1\",\"time\":\"2024-01-02T03:04:05Z\",\"type\":\"order.paid\",\"data\":{"
            "\"amount\":\"5\"}}\n");
  EXPECT_EQ(api.Query("line"), "2");
}

TEST_F(EventImport, ABadRowStopsBehindWhatWasBeforeIt) {
  Accepts(1);
  EXPECT_EQ(Import(File("o.csv", "id,t\n1,2024-01-02T03:04:05Z\n2,yesterday\n3,x\n"),
                   {"--type", "a.b", "--map", "time=t"}),
            8);
  EXPECT_NE(err().find("line 3: invalid_argument: 'time'"), std::string::npos);
  EXPECT_EQ(CheckpointOf("o.csv").Text("line"), "2");
}

TEST_F(EventImport, RejectedRowsStandUnderTheirHeading) {
  Accepts(1, R"([{"index":0,"line":2,"code":"invalid_event","detail":"No."}])");
  EXPECT_EQ(Import(File("o.csv", "id,x\n1,\"a,b\"\n2,c\n"),
                   {"--type", "a.b", "--on-error", "skip", "--rejected", Path("bad.csv")}),
            0);
  EXPECT_EQ(TextOf("bad.csv"), "id,x\n1,\"a,b\"\n");
}

TEST_F(EventImport, ADryRunAsksTheAgentAndKeepsNoCheckpoint) {
  Accepts(1);
  Accepts(1);
  const auto file = File("e.ndjson", "{\"n\":1}\n");
  EXPECT_EQ(Import(file, {"--dry-run"}), 0);
  EXPECT_EQ(api.Query("dryRun"), "true");
  EXPECT_TRUE(OutJson().IsTrue("dryRun"));
  EXPECT_EQ(Import(file), 0);
  EXPECT_EQ(api.Query("dryRun"), "");
}

TEST_F(EventImport, RefusesFlagsThatDoNotGoTogether) {
  const auto file = File("e.ndjson", "{}\n");
  EXPECT_EQ(Import(file, {"--type", "a.b", "--format", "ndjson"}), 2);
  EXPECT_EQ(Import(file, {"--batch", "10001"}), 2);
  EXPECT_EQ(Import(file, {"--restart", "--changed"}), 2);
  EXPECT_EQ(Import(File("o.csv", "a\n1\n")), 2);
  EXPECT_EQ(Import(Path("none.ndjson")), 3);
}

}  // namespace
}  // namespace notify::cli::event
