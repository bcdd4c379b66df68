#pragma once

#include <string_view>

namespace notify::agent::hub {

/// Whether two method names are the same to a client, which does not look at case.
bool SameMethod(std::string_view a, std::string_view b);

/// Whether the agent itself calls clients by this name, so that nobody else may (contract 7).
bool IsOwnMethod(std::string_view method);

}  // namespace notify::agent::hub
