#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::trigger {
namespace {

class TriggerCommands : public testing_support::CommandLineTest {};

TEST_F(TriggerCommands, PutSendsTheFileUnderItsId) {
  const auto file = File("t.yaml",
                         "id: fx\non: fx.quote.created\ntemplate: fx\n"
                         "channels: [in_app]\naudience: {userFrom: /userid}\n");
  api.Answers("putTrigger", R"({"id":"fx"})");
  EXPECT_EQ(Run({"trigger", "put", "-f", file}), 0);
  EXPECT_EQ(api.last().path.at("id"), "fx");
  EXPECT_EQ(api.body().Compact(),
            R"({"id":"fx","on":"fx.quote.created","template":"fx","channels":["in_app"],)"
            R"("audience":{"userFrom":"/userid"}})");
}

TEST_F(TriggerCommands, WhatGetPrintsCanBePutBack) {
  pretend.input = R"({"id":"fx","on":"a.b","template":"t","version":3,"createdAt":"x"})";
  api.Answers("putTrigger", R"({"id":"fy"})");
  EXPECT_EQ(Run("trigger put fy -f -"), 0);
  EXPECT_EQ(api.body().Compact(), R"({"id":"fy","on":"a.b","template":"t"})");
}

TEST_F(TriggerCommands, PutNeedsAnIdAndKnownMembers) {
  EXPECT_EQ(Run({"trigger", "put", "-f", File("t.yaml", "on: a.b\n")}), 2);
  EXPECT_EQ(Run({"trigger", "put", "-f", File("t.yaml", "id: x\nchanels: [a]\n")}), 8);
  EXPECT_NE(err().find("`channels`"), std::string::npos);
}

TEST_F(TriggerCommands, ListGetDelete) {
  api.Answers("listTriggers", R"({"items":[{"id":"fx"}],"next":null})")
      .Answers("getTrigger", R"({"id":"fx","on":"a.b"})")
      .Answers("deleteTrigger", R"({"id":"fx","deleted":true})");
  EXPECT_EQ(Run("triggers list -o name"), 0);
  EXPECT_EQ(Run("trigger get fx"), 0);
  EXPECT_EQ(out(), "ID  fx\nON  a.b\n");
  EXPECT_EQ(Run("trigger delete fx"), 2);
  EXPECT_EQ(Run("trigger delete fx --yes"), 0);
}

}  // namespace
}  // namespace notify::cli::trigger
