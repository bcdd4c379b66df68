#pragma once

#include <string>
#include <vector>

namespace notify::cli {

/// The one of `known` that differs least from `word`, for "did you mean"; empty where none is near.
std::string Nearest(const std::string& word, const std::vector<std::string>& known);

}  // namespace notify::cli
