#include "cli/client/discovery.hpp"

#include <gtest/gtest.h>

namespace notify::cli::client {
namespace {

class Discovery : public ::testing::Test {
 protected:
  Access Find() {
    return FindAgent(flags, Environment(variables, "/w"), contexts,
                     [this](const auto& path) { return path == answering; })
        .value();
  }
  std::string Where() { return Find().endpoint.ToString(); }

  Flags flags;
  Environment::Variables variables;
  Contexts contexts{"dev", {{"dev", "http://ctx:1", "ctx-token", "ctx-tenant"}}};
  std::string answering;
};

TEST_F(Discovery, FlagsWinOverEnvironmentOverContextOverSocketsOverDefault) {
  flags.endpoint = "http://flag:1";
  variables["NOTIFYCTL_ENDPOINT"] = "http://env:1";
  answering = "/run/notifyd/notifyd.sock";
  EXPECT_EQ(Where(), "http://flag:1");
  flags.endpoint.clear();
  EXPECT_EQ(Where(), "http://env:1");
  variables.clear();
  EXPECT_EQ(Where(), "http://ctx:1");
  contexts = {};
  EXPECT_EQ(Where(), "unix:/run/notifyd/notifyd.sock");
  answering.clear();
  EXPECT_EQ(Where(), "http://127.0.0.1:7800");
}

TEST_F(Discovery, SocketsAreTriedInOrder) {
  const Environment environment({{"XDG_RUNTIME_DIR", "/run/user/7"}}, "/w");
  EXPECT_EQ(UsualSockets(environment),
            (std::vector<std::string>{"/run/notifyd/notifyd.sock",
                                      "/run/user/7/notifyd/notifyd.sock", "./data/notifyd.sock"}));
}

TEST_F(Discovery, TokenAndTenantHaveTheSameOrder) {
  EXPECT_EQ(Find().token, "ctx-token");
  variables["NOTIFYCTL_TOKEN"] = "env-token";
  variables["NOTIFYCTL_TENANT"] = "env-tenant";
  EXPECT_EQ(Find().token, "env-token");
  EXPECT_EQ(Find().tenant, "env-tenant");
  flags.token = "flag-token";
  EXPECT_EQ(Find().token, "flag-token");
}

TEST_F(Discovery, AContextsTokenNeverGoesToAnotherAgent) {
  flags.endpoint = "http://elsewhere:1";
  EXPECT_EQ(Find().token, "");
  EXPECT_EQ(Find().tenant, "");
}

TEST_F(Discovery, AContextWithoutEndpointLendsItsTenantToWhateverIsFound) {
  contexts.saved[0].endpoint.clear();
  answering = "./data/notifyd.sock";
  EXPECT_EQ(Where(), "unix:./data/notifyd.sock");
  EXPECT_EQ(Find().tenant, "ctx-tenant");
}

TEST_F(Discovery, ABadEndpointSaysWhereItCameFrom) {
  variables["NOTIFYCTL_ENDPOINT"] = "localhost";
  const auto found =
      FindAgent(flags, Environment(variables, "/w"), contexts, [](const auto&) { return false; });
  EXPECT_NE(found.error().detail.find("NOTIFYCTL_ENDPOINT"), std::string::npos);
}

}  // namespace
}  // namespace notify::cli::client
