#pragma once

#include "cli/hub/request.hpp"

namespace notify::cli::hub {

Command& AddHubStream(Command& noun, Factory& factory, RunHook<HubRequestOptions> run);
/// Calls a streaming method of a hub and prints its items until it ends or is cancelled by an
/// interrupt.
Status RunHubStream(const HubRequestOptions& options);

}  // namespace notify::cli::hub
