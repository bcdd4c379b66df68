#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::connection {
namespace {

class ConnectionCommands : public testing_support::CommandLineTest {};

TEST_F(ConnectionCommands, ListAsksForWhatIsWanted) {
  api.Answers("listConnections", R"({"items":[{"id":"x","user":"alice"}],"next":null})");
  EXPECT_EQ(Run("connection list --user alice --transport websockets -o name"), 0);
  EXPECT_EQ(out(), "x\n");
  EXPECT_EQ(api.Query("user"), "alice");
  EXPECT_EQ(api.Query("transport"), "websockets");
  EXPECT_EQ(Run("conn ls --transport pigeon"), 2);
}

TEST_F(ConnectionCommands, GetPrintsOne) {
  api.Answers("getConnection", R"({"id":"x","user":"alice","transport":"sse","lag":7})");
  EXPECT_EQ(Run("connection get x"), 0);
  EXPECT_NE(out().find("alice"), std::string::npos);
  EXPECT_EQ(api.last().path.at("id"), "x");
}

TEST_F(ConnectionCommands, KickAlwaysNeedsAYes) {
  api.Answers("kickConnection", R"({"id":"x","kicked":true,"allowReconnect":true})");
  EXPECT_EQ(Run("connection kick x"), 2);
  EXPECT_EQ(Run("connection kick --user alice"), 2);
  EXPECT_EQ(Run("connection kick"), 2);
  EXPECT_EQ(Run("connection kick x --user alice --yes"), 2);
  EXPECT_EQ(Run("connection kick x --dry-run"), 0);
  EXPECT_EQ(Run("connection kick x --yes"), 0);
  EXPECT_EQ(api.body().Compact(), R"({"allowReconnect":true})");
}

TEST_F(ConnectionCommands, AReasonIsForAClientThatMayNotComeAgain) {
  api.Answers("kickConnection", R"({"id":"x","kicked":true,"allowReconnect":false})");
  EXPECT_EQ(Run("connection kick x --reason Maintenance --yes"), 2);
  EXPECT_EQ(Run("connection kick x --no-reconnect --reason Maintenance --yes"), 0);
  EXPECT_EQ(api.body().Compact(), R"({"allowReconnect":false,"reason":"Maintenance"})");
}

TEST_F(ConnectionCommands, KickOfAUserEndsEachConnectionAndSkipsThoseThatAreGone) {
  api.Answers("listConnections", R"({"items":[{"id":"x"},{"id":"y"}],"next":null})")
      .Refuses("kickConnection", Fail(Errc::kNotFound, "Gone."))
      .Answers("kickConnection", R"({"id":"y","kicked":true,"allowReconnect":true})");
  EXPECT_EQ(Run("connection kick --user alice --yes -o name"), 0);
  EXPECT_EQ(out(), "y\n");
}

TEST_F(ConnectionCommands, KickOfAUserSaysWhatItWouldEnd) {
  api.Answers("listConnections", R"({"items":[{"id":"x"},{"id":"y"}],"next":null})");
  EXPECT_EQ(Run("connection kick --user alice --dry-run -o name"), 0);
  EXPECT_EQ(out(), "x\ny\n");
}

TEST_F(ConnectionCommands, KickOfAUserWithoutConnectionsIsNotFound) {
  api.Answers("listConnections", R"({"items":[],"next":null})");
  EXPECT_EQ(Run("connection kick --user alice --yes"), 3);
}

TEST_F(ConnectionCommands, InvokeSendsJsonAsItIsAndAnythingElseAsText) {
  api.Answers("invokeConnection", R"({"result":{"ok":true}})");
  EXPECT_EQ(Run({"connection", "invoke", "x", "confirm", "{\"order\":7}", "now", "--wait", "2s",
                 "-o", "json"}),
            0);
  EXPECT_EQ(api.body().Compact(),
            R"({"method":"confirm","arguments":[{"order":7},"now"],"timeoutMs":2000})");
  EXPECT_EQ(OutJson().Find("result")->Compact(), R"({"ok":true})");
}

TEST_F(ConnectionCommands, InvokeThatTimesOutFails) {
  api.Refuses("invokeConnection", Fail(Errc::kTimeout, "The client has not answered in time."));
  EXPECT_NE(Run("connection invoke x confirm"), 0);
}

TEST_F(ConnectionCommands, PresenceListsAndAsksAfterOne) {
  api.Answers("listPresence", R"({"items":[{"user":"alice","online":true}],"next":null})")
      .Answers("getPresence", R"({"user":"bob","online":false,"connections":0,"since":null})");
  EXPECT_EQ(Run("connection presence -o name"), 0);
  EXPECT_EQ(out(), "alice\n");
  EXPECT_EQ(Run("connection who bob -o json"), 0);
  EXPECT_EQ(OutJson().Text("online"), "false");
  EXPECT_EQ(api.last().path.at("user"), "bob");
}

}  // namespace
}  // namespace notify::cli::connection
