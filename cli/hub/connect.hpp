#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/factory.hpp"
#include "cli/hub/reach.hpp"

namespace notify::cli::hub {

struct HubConnectOptions {
  Factory* factory = nullptr;
  HubReach reach;
  std::vector<std::string> subscribe;  ///< Types of events.
  std::string duration;                ///< Empty: until it ends.
  std::optional<std::int64_t> count;
};

Command& AddHubConnect(Command& noun, Factory& factory, RunHook<HubConnectOptions> run);
/// Prints each call that the hub makes, until `count`, `duration`, an interrupt or the hub's own
/// end. Connects again by itself, and subscribes again then. kAgentUnreachable where the hub closes
/// with an error, or cannot be reached any more.
Status RunHubConnect(const HubConnectOptions& options);

}  // namespace notify::cli::hub
