#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "agent/flow/live_sink.hpp"

namespace notify::agent::inbox {

/// Connections that note the badges that they are told.
struct RecordingLive final : LiveSink {
  async::Task<std::size_t> Invoke(TenantHandle, LiveTarget, std::string, std::string) override {
    ADD_FAILURE() << "A badge replaces the one that waits.";
    co_return 0;
  }
  async::Task<std::size_t> InvokeNewest(TenantHandle tenant, LiveTarget target, std::string method,
                                        std::string argument, std::string key) override {
    EXPECT_EQ(target.kind, LiveTarget::Kind::kUser);
    EXPECT_EQ(method + " " + key, "badge badge");
    told.push_back(tenant.id().text() + " " + target.name + " " + argument);
    co_return 1;
  }
  /// What they were told since the last call.
  std::vector<std::string> Take() { return std::exchange(told, {}); }

  std::vector<std::string> told;
};

}  // namespace notify::agent::inbox
