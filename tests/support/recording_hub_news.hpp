#pragma once

#include <string>
#include <utility>
#include <vector>

#include "agent/flow/hub_news.hpp"

namespace notify::testing_support {

/// Writes down what the hub tells.
class RecordingHubNews final : public agent::HubNews {
 public:
  void TellSlow(const agent::TenantHandle& tenant, agent::SlowClient client) override {
    slow.push_back(tenant.id().text() + " " + client.actor + " " + std::string(client.reason));
  }

  std::vector<std::string> slow;
};

}  // namespace notify::testing_support
