#pragma once

#include <string>

#include "common/result.hpp"
#include "common/signalr/messagepack_reader.hpp"

namespace notify::signalr::messagepack {

/// Takes one value off `reader` and appends it to `json` as the text of a JSON value. Integers keep
/// all their digits; a float that is whole is written as an integer, as JavaScript does; bytes
/// become base64, a timestamp ISO 8601. `max_depth`: how many arrays and maps may lie inside each
/// other. Threads: any.
///
/// kInvalidArgument  no whole value, or one that JSON has not: NaN, Infinity, text that is not
///                   UTF-8, a map key that is no string, another extension.
/// kJsonTooDeep      it is nested deeper.
/// What was appended by then is of no use.
Status AppendJson(std::string& json, Reader& reader, int max_depth);

}  // namespace notify::signalr::messagepack
