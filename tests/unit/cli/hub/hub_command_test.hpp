#pragma once

#include <string>
#include <string_view>

#include "cli/hub/reach.hpp"
#include "tests/unit/cli/client/hub/scripted_server.hpp"
#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::testing_support {

/// Runs the commands of `hub` against a scripted server.
class HubCommandTest : public CommandLineTest {
 protected:
  hub::HubReach Reach() {
    return {.url = "http://hub.test/chat", .reconnect = "never", .means = &server.means};
  }

  /// The server accepts one connection.
  Peer& Connects() {
    server.Negotiates();
    return server.Hub();
  }

  static std::string Call(std::string_view method, std::string_view arguments = {}) {
    return R"({"type":1,"target":")" + std::string(method) + R"(","arguments":[)" +
           std::string(arguments) + "]}";
  }
  static std::string Item(std::string_view item) {
    return R"({"type":2,"invocationId":"1","item":)" + std::string(item) + "}";
  }
  static std::string Done(std::string_view rest = {}) {
    return R"({"type":3,"invocationId":"1")" + std::string(rest) + "}";
  }

  ScriptedServer server;
};

}  // namespace notify::cli::testing_support
