#pragma once

#include <string_view>

#include "common/template_engine/arena.hpp"
#include "common/template_engine/ast.hpp"
#include "common/template_engine/template_error.hpp"

namespace notify::template_engine {

/// How deep blocks and sub-expressions may nest in a template.
inline constexpr int kMaxNesting = 128;

/// Parses the grammar of handlebars.js 4.7 (handlebars.yy); whitespace control is not applied yet.
/// The result points into `source` and `arena`.
///
/// kInvalidTemplate  with line and column.
TemplateResult<Body> Parse(std::string_view source, Arena& arena);

/// Applies `~` and, unless `ignore_standalone`, removes the lines that hold nothing but a tag.
void ControlWhitespace(Body& root, bool ignore_standalone);

}  // namespace notify::template_engine
