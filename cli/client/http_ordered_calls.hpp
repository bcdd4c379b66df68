#pragma once

#include "cli/client/ordered_calls.hpp"

namespace notify::cli::client {

/// The bytes of a request to `endpoint` as `caller`. kInvalidArgument for a header that would break
/// into another.
Result<std::string> BytesOf(const Endpoint& endpoint, const Caller& caller, const Request& request,
                            const char* accept);

/// Connects. Errors as Connection::Open.
Result<std::unique_ptr<OrderedCalls>> OpenOrderedCalls(const Endpoint& endpoint,
                                                       const Caller& caller);

}  // namespace notify::cli::client
