#pragma once

#include <simdjson.h>

#include "common/result.hpp"

namespace notify {

/// Walks one JSON value to its end, so that all of it is known to be valid: simdjson's on-demand
/// front end skips by brackets and would accept `[1 2]` and `[tru]`. Nothing is converted: numbers
/// of any size and repeated keys pass. Included by the `.cpp` files that parse, never by headers.
///
/// kInvalidJson, or kJsonTooDeep below `depth` further levels.
Status WalkJson(simdjson::ondemand::value value, int depth);

/// Whether `token` is a JSON number (RFC 8259 6), white space behind it allowed.
bool IsJsonNumber(std::string_view token);

/// Checks a whole document: one value, nothing after it. `padded` has simdjson's padding.
Status CheckJsonDocument(simdjson::ondemand::parser& parser, simdjson::padded_string_view padded,
                         int depth);

/// Fails where bytes stand behind a document whose value has been read whole.
Status CheckNothingFollows(simdjson::ondemand::document& document);

}  // namespace notify
