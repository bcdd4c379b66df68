#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace notify {

/// Whether `text` is a JSON Pointer (RFC 6901 3): empty, or tokens that each begin with `/`.
bool IsJsonPointer(std::string_view text);

/// The value that `pointer` names in `root`; nullptr where there is none or it is no pointer.
/// Lifetime: the answer lies in `root`.
const nlohmann::json* FindByPointer(const nlohmann::json& root, std::string_view pointer);

/// The tokens of a pointer, unescaped; nothing where `text` is none.
std::optional<std::vector<std::string>> PointerTokens(std::string_view text);

/// The index of an array's element that `token` names: digits without a leading zero.
std::optional<std::size_t> ElementIndex(std::string_view token);

/// `name` as one token of a pointer: `~` and `/` escaped (RFC 6901 4).
std::string PointerToken(std::string_view name);

}  // namespace notify
