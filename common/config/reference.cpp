#include <algorithm>
#include <sstream>
#include <utility>

#include "common/config/field.hpp"

namespace notify {
namespace {

std::string SectionOf(const std::string& path) {
  const auto dot = path.find('.');
  return dot == std::string::npos ? "" : path.substr(0, dot);
}

/// The rows of the whole configuration by section, in the order of the documentation.
std::vector<std::pair<std::string, std::vector<Field<AgentConfig>>>> Sections() {
  std::vector<std::pair<std::string, std::vector<Field<AgentConfig>>>> sections;
  for (const auto& field : AgentFields()) {
    if (field.nested) continue;
    const auto name = SectionOf(field.path);
    auto found = std::ranges::find(sections, name, &decltype(sections)::value_type::first);
    if (found == sections.end()) found = sections.insert(found, {name, {}});
    found->second.push_back(field);
  }
  return sections;
}

/// What stands for a default: nothing for an empty text.
template <typename T>
std::string DefaultOf(const Field<T>& field) {
  auto value = field.print(T{});
  return value == "\"\"" ? std::string() : value;
}

std::string Code(const std::string& text) { return text.empty() ? "" : "`" + text + "`"; }

template <typename T>
void Rows(std::ostream& out, const std::vector<Field<T>>& fields) {
  out << "| key | type | default | meaning |\n| --- | --- | --- | --- |\n";
  for (const auto& field : fields) {
    out << "| `" << field.path << "` | " << field.type << " | "
        << (field.required ? "required" : Code(DefaultOf(field))) << " | " << field.doc;
    if (!field.flag.empty()) out << " Flag `" << field.flag << "`.";
    out << " |\n";
  }
}

/// Text for roff: its own characters escaped, Markdown's marks (of code, of a table's bar) left
/// out.
std::string Roff(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '`' || text.substr(i).starts_with("\\|")) continue;
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '\'') {
      out += "\\(aq";
    } else {
      out += c;
    }
  }
  return out;
}

template <typename T>
void Items(std::ostream& out, const std::vector<Field<T>>& fields) {
  for (const auto& field : fields) {
    out << ".TP\n.BR " << Roff(field.path) << " \" (" << Roff(field.type) << ")\"\n"
        << Roff(field.doc);
    if (field.required) {
      out << " Required.";
    } else if (const auto value = DefaultOf(field); !value.empty()) {
      out << " Default: " << Roff(value) << ".";
    }
    if (!field.flag.empty()) out << " Flag " << Roff(field.flag) << ".";
    out << "\n";
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

constexpr std::string_view kManIntroduction =
    R"(.\" Generated from common/config/fields.cpp by `./dev generate`.
.TH NOTIFYD.YAML 5 "" "notifyctl" "File formats"
.SH NAME
notifyd.yaml \- configuration of notifyd
.SH DESCRIPTION
.B notifyd \-\-config
.I FILE
reads YAML. What stands later wins: default, file, environment, flag.
.B notifyd \-\-check\-config
checks and exits 0 or 78;
.B notifyd \-\-print\-config
shows every value with where it came from.
.B notifyctl init
writes a commented file to begin with. An unknown key is an error with file, line and the nearest known
key. Anchors and aliases are not supported.
.PP
http.max_batch is the key max_batch in the section http; it may also be written as one key with the dot.
The environment variable of http.max_batch is NOTIFYD_HTTP__MAX_BATCH: upper case, two underscores between
the levels; lists are comma\-separated. Lists of objects are set in the file only.
.PP
Durations are numbers with units: 500ms, 15s, 1h30m, 7d. Sizes are numbers with units: 256KiB, 8MiB, 10MB.
No key of the configuration holds a secret: it says where the secret lies.
)";

constexpr std::string_view kManEnd = R"(.SH EXAMPLE
.nf
.RS
listen: 127.0.0.1:7800
gateway:
  routes:
    \- path: /api/fx/quote
      upstream: http://127.0.0.1:9000
      on: {status: 200, method: POST}
      emit: {type: fx.quote.created}
.RE
.fi
.SH "SEE ALSO"
.BR notifyd (8),
.BR notifyctl (1)
)";

}  // namespace

std::string ConfigurationMarkdown() {
  std::ostringstream out;
  out << kIntroduction;
  for (const auto& [name, fields] : Sections()) {
    out << "\n## " << (name.empty() ? "The agent" : name) << "\n\n";
    Rows(out, fields);
  }
  out << "\n## gateway.routes\n\nA list; each item:\n\n";
  Rows(out, RouteFields());
  out << "\n## issuers\n\nA list; each item:\n\n";
  Rows(out, IssuerFields());
  out << "\n## hub.methods\n\nA list; each item:\n\n";
  Rows(out, HubMethodFields());
  return out.str();
}

std::string ConfigurationManPage() {
  std::ostringstream out;
  out << kManIntroduction;
  for (const auto& [name, fields] : Sections()) {
    out << ".SH \"" << (name.empty() ? "THE AGENT" : Roff(name)) << "\"\n";
    Items(out, fields);
  }
  out << ".SH gateway.routes\nA list; each item:\n";
  Items(out, RouteFields());
  out << ".SH issuers\nA list; each item:\n";
  Items(out, IssuerFields());
  out << ".SH hub.methods\nA list; each item:\n";
  Items(out, HubMethodFields());
  out << kManEnd;
  return out.str();
}

}  // namespace notify
