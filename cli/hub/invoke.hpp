#pragma once

#include "cli/hub/request.hpp"

namespace notify::cli::hub {

Command& AddHubInvoke(Command& noun, Factory& factory, RunHook<HubRequestOptions> run);
/// Invokes a method of a hub and prints its result.
Status RunHubInvoke(const HubRequestOptions& options);

}  // namespace notify::cli::hub
