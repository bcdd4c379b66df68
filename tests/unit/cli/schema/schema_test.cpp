#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::schema {
namespace {

class SchemaCommands : public testing_support::CommandLineTest {
 protected:
  std::string schema = File("s.json",
                            "{\n\"required\": [\"amount\"],\n\"properties\": {\n"
                            "\"amount\": {\"minimum\": 1}}}");
};

TEST_F(SchemaCommands, PutSendsTheFileByteForByte) {
  api.Answers("putSchema", R"({"type":"a.b","version":1})");
  EXPECT_EQ(Run({"schema", "put", "a.b", "-f", schema, "--compatibility", "full"}), 0);
  EXPECT_EQ(api.last().path.at("id"), "a.b");
  EXPECT_EQ(api.last().body.substr(0, 3), "{\n\"");
  EXPECT_EQ(api.last().query.at(0).second, "full");
}

TEST_F(SchemaCommands, GetPrintsTheTextAsItWasPut) {
  api.Answers("getSchema", R"({"type":"a.b","version":2,"schema":{},"text":"{\n }"})");
  EXPECT_EQ(Run("schema get a.b --version 2"), 0);
  EXPECT_EQ(out(), "{\n }\n");
  EXPECT_EQ(api.last().query.at(0).second, "2");
}

TEST_F(SchemaCommands, ListAndDelete) {
  api.Answers("listSchemas", R"({"items":[{"type":"a.b"}],"next":null})")
      .Answers("deleteSchema", R"({"id":"a.b","deleted":true})");
  EXPECT_EQ(Run("schemas list -o name"), 0);
  EXPECT_EQ(out(), "a.b\n");
  EXPECT_EQ(Run("schema delete a.b"), 2);
  EXPECT_EQ(Run("schema delete a.b --yes"), 0);
}

TEST_F(SchemaCommands, CheckNeedsNoAgentForFiles) {
  const auto good = File("good.json", R"({"type":"a.b","data":{"amount":2}})");
  const auto bad = File("bad.json", R"({"type":"a.b","data":{"amount":0}})");
  EXPECT_EQ(Run({"schema", "check", "-f", schema, "--event", good}), 0);
  EXPECT_EQ(Run({"schema", "check", "-f", schema, "--event", bad}), 8);
  EXPECT_NE(err().find("/data/amount (line 4): is below the minimum"), std::string::npos);
}

TEST_F(SchemaCommands, CheckTakesDataAlone) {
  EXPECT_EQ(Run({"schema", "check", "-f", schema, "--data", File("d.json", "{}")}), 8);
  EXPECT_NE(err().find("lacks the property 'amount'"), std::string::npos);
  EXPECT_EQ(Run({"schema", "check", "-f", schema, "--data", File("n.json", "{")}), 8);
}

TEST_F(SchemaCommands, CheckComparesTwoFilesByTheRule) {
  const auto looser = File("looser.json", R"({"properties": {"amount": {"minimum": 0}}})");
  EXPECT_EQ(Run({"schema", "check", "-f", looser, "--against", schema}), 0);
  EXPECT_EQ(Run({"schema", "check", "-f", looser, "--against", schema, "--compatibility", "full"}),
            5);
  EXPECT_EQ(Run({"schema", "check", "-f", schema, "--against", looser}), 5);
  EXPECT_NE(err().find("\"amount\" is required"), std::string::npos);
}

TEST_F(SchemaCommands, CheckSaysWhatIsNoSchema) {
  EXPECT_EQ(Run({"schema", "check", "-f", File("x.json", "{\n\"tpye\": \"object\"}")}), 8);
  EXPECT_NE(err().find("/tpye (line 2)"), std::string::npos);
}

TEST_F(SchemaCommands, CheckAsksTheAgentWhereATypeIsNamed) {
  const auto event = File("e.json", R"({"type":"a.b","data":{}})");
  api.Answers("validateEvent", R"({"valid":true})")
      .Answers("checkSchema", R"({"valid":true,"version":2,"compatibility":"full"})");
  EXPECT_EQ(Run({"schema", "check", "a.b", "--event", event}), 0);
  EXPECT_EQ(api.last().operation, "validateEvent");
  EXPECT_EQ(Run({"schema", "check", "a.b", "-f", schema, "--compatibility", "full"}), 0);
  EXPECT_EQ(api.last().operation, "checkSchema");
}

TEST_F(SchemaCommands, CheckRefusesWhatMakesNoSense) {
  EXPECT_EQ(Run("schema check"), 2);
  EXPECT_EQ(Run("schema check a.b"), 2);
  EXPECT_EQ(Run("schema check a.b -f x --event y"), 2);
  EXPECT_EQ(Run("schema check -f x --event y --data z"), 2);
  EXPECT_EQ(Run("schema check a.b --event y --against z"), 2);
}

TEST_F(SchemaCommands, UpcastPutSendsTheFileForItsVersion) {
  api.Answers("putUpcaster", R"({"type":"a.b","from":1,"to":2})");
  const auto file = File("up.json", R"({"merge": {"x": 1}})");
  EXPECT_EQ(Run({"schema", "upcast", "put", "a.b", "--from", "1", "-f", file}), 0);
  EXPECT_EQ(api.last().path.at("id"), "a.b");
  EXPECT_EQ(api.last().path.at("version"), "1");
  EXPECT_EQ(api.body().Compact(), R"({"merge":{"x":1}})");
}

TEST_F(SchemaCommands, UpcastTestNeedsNoAgentForAFile) {
  const auto file =
      File("up.json", R"({"patch": [{"op": "move", "from": "/sum", "path": "/amount"}]})");
  const auto good = File("good.json", R"({"sum": 1.10})");
  EXPECT_EQ(Run({"schema", "upcast", "test", "-f", file, "--data", good, "-o", "json"}), 0);
  EXPECT_EQ(OutJson().Find("data")->Compact(), R"({"amount":1.10})");
  const auto bad = File("bad.json", "{}");
  EXPECT_EQ(Run({"schema", "upcast", "test", "-f", file, "--data", bad}), 8);
  EXPECT_EQ(Run({"schema", "upcast", "test", "--data", bad}), 2);
}

TEST_F(SchemaCommands, UpcastDeleteWantsAYes) {
  EXPECT_EQ(Run("schema upcast delete a.b --from 1"), 2);
  api.Answers("deleteUpcaster", R"({"id":"a.b","from":1,"deleted":true})");
  EXPECT_EQ(Run("schema upcast delete a.b --from 1 --yes"), 0);
}

}  // namespace
}  // namespace notify::cli::schema
