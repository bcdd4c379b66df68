#pragma once

#include <string>

#include "agent/hub/connections.hpp"

namespace notify::agent::ingress::rest {

/// A connection as `/api/connections` shows it. `head` is the end of the tenant's log, from which
/// the lag is counted.
std::string ConnectionJson(const hub::ConnectionEntry& entry, Position head);

}  // namespace notify::agent::ingress::rest
