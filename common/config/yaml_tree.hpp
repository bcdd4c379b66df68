#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/result.hpp"

namespace notify {

/// A YAML document as a tree that remembers lines. Anchors and aliases are refused, so that a file
/// is never larger than it looks.
struct YamlNode {
  enum class Kind : std::uint8_t { kNull, kScalar, kSequence, kMap };
  Kind kind = Kind::kNull;
  std::string text;             ///< Of a scalar.
  std::vector<YamlNode> items;  ///< Of a sequence; of a map its values, in order of the file.
  std::string key;              ///< Of a value in a map.
  int line = 0;                 ///< 1-based; in a map the key's line; 0: not from a file.
  bool from_text = false;       ///< From the environment or a flag: lists are comma-separated.
};

/// Parses one document; an empty text is kNull. `file_name` is for messages.
///
/// kInvalidConfig  not YAML, more than 1 MiB, nested deeper than 32, several documents, a key twice
/// or
///                 more than 2048 keys in one map, an anchor or alias; `errors[0]` has the line.
Result<YamlNode> ParseYaml(std::string_view text, std::string_view file_name);

}  // namespace notify
