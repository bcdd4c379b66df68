#include <algorithm>
#include <sstream>

#include "common/config/field.hpp"

namespace notify {
namespace {

std::string SectionOf(const std::string& path) {
  const auto dot = path.find('.');
  return dot == std::string::npos ? "" : path.substr(0, dot);
}

std::string Code(const std::string& text) { return text.empty() ? "" : "`" + text + "`"; }

template <typename T>
void Rows(std::ostream& out, const std::vector<Field<T>>& fields) {
  const T defaults{};
  out << "| key | type | default | meaning |\n| --- | --- | --- | --- |\n";
  for (const auto& field : fields) {
    auto value = field.print(defaults);
    if (value == "\"\"") value.clear();
    out << "| `" << field.path << "` | " << field.type << " | "
        << (field.required ? "required" : Code(value)) << " | " << field.doc;
    if (!field.flag.empty()) out << " Flag `" << field.flag << "`.";
    out << " |\n";
  }
}

constexpr std::string_view kIntroduction = R"(# Configuration

Generated from `common/config/fields.cpp` by `./dev generate`.

`notifyd --config FILE` reads YAML. What stands later wins: default, file, environment, flag.
`notifyd --check-config` checks and exits 0 or 78; `notifyd --print-config` shows every value with where it
came from. An unknown key is an error with file, line and the nearest known key. Anchors and aliases are
not supported.

`http.max_batch` is the key `max_batch` in the section `http`; it may also be written as one key with the
dot. The environment variable of `http.max_batch` is `NOTIFYD_HTTP__MAX_BATCH`: upper case, `__` between the
levels; lists are comma-separated. Lists of objects are set in the file only.

Durations are numbers with units: `500ms`, `15s`, `1h30m`, `7d`. Sizes are numbers with units: `256KiB`,
`8MiB`, `10MB`. No key of the configuration holds a secret: it says where the secret lies.
)";

}  // namespace

std::string PrintConfig(const LoadedConfig& loaded) {
  std::string text;
  for (const auto& field : AgentFields()) {
    auto line = field.path + ": " + field.print(loaded.config);
    constexpr std::size_t kColumn = 48;
    line.resize(std::max(line.size() + 2, kColumn), ' ');
    text += line + "# " + loaded.OriginOf(field.path).ToString() + "\n";
  }
  return text;
}

std::string ConfigurationMarkdown() {
  std::ostringstream out;
  out << kIntroduction;
  std::vector<std::string> sections;
  for (const auto& field : AgentFields()) {
    const auto section = SectionOf(field.path);
    if (field.nested || std::ranges::find(sections, section) != sections.end()) continue;
    sections.push_back(section);
    out << "\n## " << (section.empty() ? "The agent" : section) << "\n\n";
    std::vector<Field<AgentConfig>> members;
    for (const auto& member : AgentFields()) {
      if (!member.nested && SectionOf(member.path) == section) members.push_back(member);
    }
    Rows(out, members);
  }
  out << "\n## gateway.routes\n\nA list; each item:\n\n";
  Rows(out, RouteFields());
  out << "\n## issuers\n\nA list; each item:\n\n";
  Rows(out, IssuerFields());
  return out.str();
}

}  // namespace notify
