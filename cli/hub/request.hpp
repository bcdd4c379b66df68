#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/factory.hpp"
#include "cli/hub/reach.hpp"

namespace notify::cli::hub {

/// What `hub invoke` and `hub stream` ask for.
struct HubRequestOptions {
  Factory* factory = nullptr;
  HubReach reach;
  std::string method;
  std::vector<std::string> arguments;
  std::string upload;  ///< `-`: the lines of standard input are a stream of ours.
};

/// Adds what both take.
void AddRequest(Command& command, HubRequestOptions& options);

/// Sends the request over a connection of its own and prints what comes back: the items of a stream
/// one a line, or the result. An interrupt cancels it and waits for its end.
///
/// kUsage        an argument that is not JSON; flags that mean nothing.
/// kInvalidJson  a line of standard input that is not JSON.
/// else          the hub's own error, or as HubConnection::Open and Next.
Status RunRequest(const HubRequestOptions& options, bool stream);

}  // namespace notify::cli::hub
