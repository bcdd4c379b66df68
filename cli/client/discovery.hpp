#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/client/contexts.hpp"
#include "cli/client/endpoint.hpp"
#include "cli/environment.hpp"
#include "common/result.hpp"

namespace notify::cli::client {

/// What the command line said; each may be empty.
struct Flags {
  std::string endpoint;
  std::string token;
  std::string tenant;
};

/// The agent to call, and as whom.
struct Access {
  Endpoint endpoint;
  std::string token;
  std::string tenant;
  std::string why;  ///< Where the endpoint comes from, for `doctor` and messages.
};

/// Whether an agent answers on a socket.
using Answers = std::function<bool(const std::string& path)>;

/// Finds the agent (contract 1): flags, environment, the context in use, the usual sockets on which
/// one answers, `http://127.0.0.1:7800`. A context's token goes to that context's endpoint only; a
/// context without an endpoint lends its token and tenant to whatever is found.
Result<Access> FindAgent(const Flags& flags, const Environment& environment,
                         const Contexts& contexts, const Answers& answers);

/// The sockets that FindAgent tries, in order.
std::vector<std::string> UsualSockets(const Environment& environment);

/// Connects to see. Never says more than yes or no.
bool AnswersOnSocket(const std::string& path);

}  // namespace notify::cli::client
