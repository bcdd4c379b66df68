#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "common/template_engine/arena.hpp"
#include "common/template_engine/template_error.hpp"

namespace notify::template_engine {

/// The tokens of handlebars.l.
enum class TokenType : std::uint8_t {
  kContent,
  kComment,
  kOpenSexpr,
  kCloseSexpr,
  kOpenRawBlock,
  kCloseRawBlock,
  kEndRawBlock,
  kOpenPartial,
  kOpenPartialBlock,
  kOpenBlock,
  kOpenEndBlock,
  kInverse,
  kOpenInverse,
  kOpenInverseChain,
  kOpenUnescaped,
  kOpen,
  kEquals,
  kId,
  kSeparator,
  kCloseUnescaped,
  kClose,
  kString,
  kData,
  kBoolean,
  kUndefined,
  kNull,
  kNumber,
  kOpenBlockParams,
  kCloseBlockParams,
  kInvalid,
  kEnd,
};

struct Token {
  TokenType type = TokenType::kEnd;
  std::string_view text;  ///< As written, without the quotes and escapes of a string.
  Position position;      ///< Where it begins.
};

/// Splits `source` (UTF-8) as handlebars.js 4.7 does. The texts point into `source` or `arena`.
///
/// kInvalidTemplate  invalid UTF-8, a NUL, or a comment or raw block that does not end.
TemplateResult<std::vector<Token>> Tokenize(std::string_view source, Arena& arena);

/// How many bytes the white space (as JavaScript's `\s`) at the start of `text` takes.
std::size_t LeadingSpace(std::string_view text);

/// The same at its end.
std::size_t TrailingSpace(std::string_view text);

}  // namespace notify::template_engine
