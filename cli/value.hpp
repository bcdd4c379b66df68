#pragma once

#include "common/model/json_value.hpp"

namespace notify::cli {

/// What an agent answers is printed as it was sent: digits, order and all.
using Value = JsonValue;

}  // namespace notify::cli
