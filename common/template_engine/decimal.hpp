#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/template_engine/value.hpp"

namespace notify::template_engine {

inline constexpr int kMaxDecimals = 20;

/// The number in a value: a number, or a text that is one as a whole; finite only.
std::optional<double> ToDecimalNumber(const Value& value);

/// `number` with exactly `decimals` (0 to 20) digits after the point, rounded half away from zero
/// as the decimal digits that JavaScript would print stand (1.005 is 1.01), the thousands
/// separated by `group`; appended to `out`.
void AppendFixed(double number, int decimals, std::string_view group, std::string& out);

}  // namespace notify::template_engine
