#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "common/result.hpp"

namespace notify::template_engine {

/// A place in a template.
struct Position {
  int line = 1;    ///< 1-based.
  int column = 1;  ///< 1-based, in characters.
};

/// Why a template did not compile or render, and where.
struct TemplateError {
  Errc code = Errc::kInvalidTemplate;  ///< kInvalidTemplate, or kTemplateData while rendering.
  std::string detail;                  ///< One sentence, no full stop.
  std::string template_name;           ///< The template or partial it happened in.
  int line = 0;                        ///< 1-based; 0 when no line is to blame.
  int column = 0;                      ///< 1-based, in characters; 0 with line 0.
  std::string hint;                    ///< What to do, or the nearest known name; may be empty.

  /// `name:line:column: detail` as the detail of an Error, with one FieldError.
  Error ToError() const;
};

/// A value or a TemplateError.
template <typename T>
using TemplateResult = tl::expected<T, TemplateError>;

/// The known name most like `name`, or nothing when none is near: for "did you mean".
std::string_view NearestName(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace notify::template_engine
