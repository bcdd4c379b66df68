#pragma once

#include <string_view>

#include "common/result.hpp"

namespace notify::cli::output {

/// How data is printed (`-o`, contract 8). Only a table is for people and never parsed.
enum class Format { kTable, kWide, kJson, kYaml, kNdjson, kName };

/// kUsage with the list of formats where `name` is none of them.
Result<Format> ParseFormat(std::string_view name);

/// Whether a machine reads it: no colour, no headings, errors as JSON.
constexpr bool IsMachineReadable(Format format) {
  return format != Format::kTable && format != Format::kWide;
}

}  // namespace notify::cli::output
