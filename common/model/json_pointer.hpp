#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace notify {

/// Whether `text` is a JSON Pointer (RFC 6901 3): empty, or tokens that each begin with `/`.
bool IsJsonPointer(std::string_view text);

/// The value that `pointer` names in `root`; nullptr where there is none or it is no pointer.
/// Lifetime: the answer lies in `root`.
const nlohmann::json* FindByPointer(const nlohmann::json& root, std::string_view pointer);

/// `name` as one token of a pointer: `~` and `/` escaped (RFC 6901 4).
std::string PointerToken(std::string_view name);

}  // namespace notify
