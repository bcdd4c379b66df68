#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.hpp"

namespace notify::schema {

/// The line, from 1, of each value in `text`, which is valid JSON, by JSON Pointer; a member's is
/// that of its name. The answer: the members that appear twice in their object.
std::vector<FieldError> ReadLines(std::string_view text,
                                  std::map<std::string, int, std::less<>>& lines);

/// The line on which `text` stops being JSON.
int SyntaxErrorLine(std::string_view text);

}  // namespace notify::schema
