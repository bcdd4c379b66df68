#pragma once

#include <gtest/gtest.h>

#include "common/signalr/hub_protocol.hpp"
#include "tests/unit/common/signalr/vectors.hpp"

namespace notify::signalr {

/// The reference server's own test values of one protocol (vectors/signalr).
class HubVectorsTest : public testing::Test {
 protected:
  explicit HubVectorsTest(const std::string& file) : vectors_(SignalRVectors(file)) {}

  void SetUp() override {
    if (vectors_.is_null())
      GTEST_SKIP() << "No vectors: set NOTIFY_VECTORS to the folder that holds them.";
  }

  static Result<HubParse> Parse(const HubProtocol& protocol, std::string_view bytes) {
    std::string values;
    return protocol.Parse(bytes, values);
  }

  // Parses one message and writes it again.
  static std::string Rewrite(const HubProtocol& protocol, const std::string& bytes) {
    std::string_view input = bytes;
    std::string values;
    const auto parsed = protocol.Parse(input, values);
    if (!parsed) return parsed.error().detail;
    if (!std::holds_alternative<HubMessage>(*parsed) || !input.empty()) return "no message";
    std::string out;
    protocol.Append(out, std::get<HubMessage>(*parsed));
    return out;
  }

  const nlohmann::json vectors_;
};

}  // namespace notify::signalr
