#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/config/load.hpp"

namespace notify {

/// Loads notifyd.yaml, environment and flags, as the agent does at its start.
class ConfigTest : public ::testing::Test {
 protected:
  Result<LoadedConfig> Load(std::string_view yaml) {
    return LoadConfig(yaml, "notifyd.yaml", environment_, flags_);
  }
  AgentConfig Config(std::string_view yaml) {
    auto loaded = Load(yaml);
    EXPECT_TRUE(loaded.has_value()) << (loaded ? "" : loaded.error().detail);
    return loaded ? loaded->config : AgentConfig{};
  }
  /// The message of a refused configuration.
  std::string Refusal(std::string_view yaml) {
    const auto loaded = Load(yaml);
    if (loaded) return "(accepted)";
    EXPECT_EQ(loaded.error().code, Errc::kInvalidConfig);
    return loaded.error().detail;
  }

  EnvironmentMap environment_;
  ConfigFlags flags_;
};

}  // namespace notify
