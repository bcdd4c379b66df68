#include "agent/channel/registry.hpp"

#include <gtest/gtest.h>

#include "agent/channel/log/log_provider.hpp"

namespace notify::agent::channel {
namespace {

TEST(Channels, AreFoundByTheirName) {
  Registry registry;
  registry.Add(std::make_unique<LogProvider>());
  EXPECT_EQ(registry.Find("log")->channel(), "log");
  EXPECT_EQ(registry.Find("sms"), nullptr);
}

}  // namespace
}  // namespace notify::agent::channel
