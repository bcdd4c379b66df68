#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::stream {
namespace {

class StreamCommands : public testing_support::CommandLineTest {
 protected:
  /// The agent's answer to the next call, then the exit code of a command that makes it.
  int Asking(std::string_view operation, std::string_view answer, std::string_view line) {
    api.Answers(std::string(operation), std::string(answer));
    return Run(line);
  }
};

TEST_F(StreamCommands, GetShowsVersionLastEventAndSnapshot) {
  const std::string head = R"({"stream":"order-7","version":3,"firstSequence":1,"lastSequence":9,)"
                           R"("lastEvent":{"id":"e3","type":"a.b"},"snapshot":{"version":2}})";
  EXPECT_EQ(Asking("getStream", head, "stream get order-7 --tenant blue"), 0);
  EXPECT_NE(out().find("e3"), std::string::npos);
  EXPECT_EQ(Asking("getStream", head, "stream get order-7 -o json"), 0);
  EXPECT_EQ(OutJson().Find("version")->Compact(), "3");
  EXPECT_EQ(Asking("getStream", head, "stream get order-7 -o name"), 0);
  EXPECT_EQ(out(), "order-7\n");
}

TEST_F(StreamCommands, AStreamThatIsNotThereIsExitThree) {
  api.Refuses("getStream", Fail(Errc::kNotFound, "It has no event."));
  EXPECT_EQ(Run("stream get nothing"), 3);
}

TEST_F(StreamCommands, ReadPassesOnWhereToBegin) {
  api.Answers("readStream", R"({"stream":"s","version":3,"items":[{"id":"e","streamversion":2}],)"
                            R"("next":null})");
  EXPECT_EQ(Run("stream read s --from-version 2 --limit 7 -o ndjson"), 0);
  EXPECT_EQ(api.Query("fromVersion"), "2");
  EXPECT_EQ(api.Query("limit"), "7");
  EXPECT_EQ(out(), "{\"id\":\"e\",\"streamversion\":2}\n");
}

TEST_F(StreamCommands, ReadFromTheSnapshotPrintsItWithTheEventsBehindIt) {
  api.Answers("readStream", R"({"stream":"s","version":3,"snapshot":{"version":2,"data":{"x":1}},)"
                            R"("items":[{"id":"e","streamversion":3}],"next":null})");
  EXPECT_EQ(Run("stream read s --from-snapshot -o json"), 0);
  EXPECT_EQ(api.Query("fromSnapshot"), "true");
  EXPECT_EQ(OutJson().Find("snapshot")->Compact(), R"({"version":2,"data":{"x":1}})");
  EXPECT_EQ(OutJson().Find("items")->items().size(), 1U);
  EXPECT_EQ(Run("stream read s --from-snapshot --from-version 1"), 2);
}

TEST_F(StreamCommands, SnapshotGetPrintsTheStateAlone) {
  const std::string snapshot = R"({"stream":"s","version":2,"bytes":8,"data":{"n":1.50}})";
  EXPECT_EQ(Asking("getStreamSnapshot", snapshot, "stream snapshot get s"), 0);
  EXPECT_EQ(out(), "{\"n\":1.50}\n");
  EXPECT_EQ(Asking("getStreamSnapshot", snapshot, "stream snapshot get s -o json"), 0);
  EXPECT_EQ(OutJson().Find("version")->Compact(), "2");
}

TEST_F(StreamCommands, SnapshotPutSendsTheFileForAVersion) {
  api.Answers("putStreamSnapshot", R"({"stream":"s","version":2,"bytes":7})");
  const auto file = File("state.json", R"({"n":1})");
  EXPECT_EQ(Run({"stream", "snapshot", "put", "s", "--version", "2", "-f", file, "--force"}), 0);
  EXPECT_EQ(api.body().Compact(), R"({"n":1})");
  EXPECT_EQ(api.Query("version"), "2");
  EXPECT_EQ(api.Query("force"), "true");
  EXPECT_EQ(Run({"stream", "snapshot", "put", "s", "-f", file}), 2);
}

TEST_F(StreamCommands, SnapshotDeleteAsksForYes) {
  EXPECT_EQ(Run("stream snapshot delete s"), 2);
  api.Answers("deleteStreamSnapshot", R"({"id":"s","deleted":true})");
  EXPECT_EQ(Run("stream snapshot delete s --yes"), 0);
}

}  // namespace
}  // namespace notify::cli::stream
