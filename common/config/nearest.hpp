#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace notify {

/// The candidate that somebody who wrote `word` probably meant: the one with the fewest changed
/// letters (at most a third of them), or the only one whose last segment (after `.`) is `word`.
std::optional<std::string> NearestWord(std::string_view word,
                                       std::span<const std::string> candidates);

}  // namespace notify
