#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/ingress/rest/call.hpp"

namespace notify::agent::ingress::rest {

/// The `next` of a list: `place` within the list of this name, of the call's tenant. Empty for an
/// empty place. Its text says nothing that a caller should rely on, and outlives restarts.
std::string NextCursor(const Call& call, std::string_view list, std::string_view place);

/// The place in the query's `cursor`; nothing where there is none. kInvalidArgument for what the
/// agent did not give, for another list's, and for another tenant's.
Result<std::optional<std::string>> CursorPlace(const Call& call, std::string_view list);

}  // namespace notify::agent::ingress::rest
