#pragma once

#include <optional>

#include "agent/hub/filter.hpp"
#include "agent/ingress/http/message.hpp"
#include "common/ids.hpp"
#include "common/result.hpp"

namespace notify::agent::ingress::sse {

/// What a request for a stream asks for.
struct StreamRequest {
  hub::Filter filter;
  std::optional<Position> after;  ///< Nothing: from now on.
};

/// Reads query and headers. kInvalidArgument names the parameter that is wrong.
Result<StreamRequest> ReadStreamRequest(const RequestHead& head);

}  // namespace notify::agent::ingress::sse
