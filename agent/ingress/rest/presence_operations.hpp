#pragma once

#include "agent/hub/presence.hpp"
#include "agent/ingress/rest/call.hpp"

namespace notify::agent::ingress::rest {

/// `/api/presence…`: which users of a tenant are online. `presence` outlives the operations.
void AddPresenceOperations(Operations& operations, hub::Presence& presence);

}  // namespace notify::agent::ingress::rest
