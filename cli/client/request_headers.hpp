#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/client/api_client.hpp"
#include "common/result.hpp"

namespace notify::cli::client {

/// Names and values of a request's header, in order.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// What each request of a caller says: host, user agent, credential and tenant.
Headers CallerHeaders(const Endpoint& endpoint, const Caller& caller);

/// kInvalidArgument where a value has a control character: a line feed would begin a header of its
/// own.
Status CheckHeaders(const Headers& headers);

}  // namespace notify::cli::client
