#pragma once

#include <string>
#include <string_view>

#include "cli/value.hpp"
#include "common/result.hpp"

namespace notify::cli::consumer {

/// `E-N` of the position that is the member `member` of `object`.
std::string PositionText(const Value& object, std::string_view member);

/// The body of a request about a position: `{"position": "E-N"}`.
std::string PositionBody(const std::string& position);

/// kUsage where `position` is not one.
Status CheckPosition(const std::string& position);

/// What to tell people of the gap in an answer; empty where there is none.
std::string GapText(const Value& fetched);

}  // namespace notify::cli::consumer
