#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace notify::template_engine {

/// What the text of a variable passes through on its way into the output.
enum class Escape : std::uint8_t {
  kNone,  ///< Nothing: plain text.
  kHtml,  ///< The seven characters of handlebars.js: & < > " ' ` =
  kJson,  ///< The inside of a JSON string (RFC 8259).
  kYaml,  ///< The inside of a double-quoted YAML scalar (YAML 1.2, 5.7).
};

/// `text` (UTF-8), escaped, appended to `out`. Threads: any.
void AppendEscaped(Escape escape, std::string_view text, std::string& out);

}  // namespace notify::template_engine
