#include "cli/output/format.hpp"

#include <array>
#include <string>
#include <utility>

namespace notify::cli::output {

Result<Format> ParseFormat(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, Format>, 6> kFormats = {{
      {"table", Format::kTable},
      {"wide", Format::kWide},
      {"json", Format::kJson},
      {"yaml", Format::kYaml},
      {"ndjson", Format::kNdjson},
      {"name", Format::kName},
  }};
  for (const auto& [known, format] : kFormats) {
    if (known == name) return format;
  }
  return Fail(Errc::kUsage, "There is no output format \"" + std::string(name) + "\".",
              "use -o table, wide, json, yaml, ndjson or name");
}

}  // namespace notify::cli::output
