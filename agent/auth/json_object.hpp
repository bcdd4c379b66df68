#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace notify::agent::auth {

/// Parses a JSON object in which no member stands twice at the top and nothing is nested deeper
/// than 16: of two readers of a token, none may see another claim than the other. Null otherwise:
/// check `is_object()`.
nlohmann::json ParseStrictObject(std::string_view text);

}  // namespace notify::agent::auth
