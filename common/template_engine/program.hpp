#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/template_engine/arena.hpp"
#include "common/template_engine/template.hpp"

namespace notify::template_engine {

/// What one instruction does. `a`, `b`, `c` are its operands.
enum class Op : std::uint8_t {
  kText,         ///< Writes the text at a, b bytes.
  kEmitPath,     ///< Writes the variable of path a. Flag: raw.
  kPushPath,     ///< Pushes the variable of path a.
  kPushLiteral,  ///< Pushes literal a.
  kCall,         ///< Pops b arguments and c named ones, pushes helper a's value.
  kLookup,       ///< Pops object and name, pushes the member. Flag: absence is allowed.
  kEmit,         ///< Pops a value and writes it. Flag: raw.
  kJump,         ///< To a.
  kIf,           ///< Pops a value; to a unless it holds. Flags: negated, zero (pops includeZero).
  kEach,     ///< Pops a value; opens a loop, or to a when there is nothing. b: block parameters.
  kWith,     ///< Pops a value; makes it the context, or to a when it is empty.
  kSection,  ///< Pops a value; each, with or if by its kind.
  kNext,     ///< Ends a body of the three: to a for the next element, or closes the block.
  kOpenInlines,  ///< Makes inline partials a to a+b known. Flag: where the closure comes from.
  kCloseInlines,
  kPartial,  ///< Renders partial a.
  kReturn,   ///< Ends the template, or the body of a partial block or inline partial.
};

inline constexpr std::uint8_t kFlagRaw = 1;
inline constexpr std::uint8_t kFlagNegated = 1;
inline constexpr std::uint8_t kFlagZero = 2;
inline constexpr std::uint8_t kFlagAbsent = 1;

/// Where the contexts that an inline partial sees come from.
inline constexpr std::uint8_t kFlagTop = 1;     ///< None: it stands at the top of a template.
inline constexpr std::uint8_t kFlagFramed = 2;  ///< Those outside of the block around it.

struct Instruction {
  Op op = Op::kReturn;
  std::uint8_t flags = 0;
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  std::uint32_t c = 0;
};

enum class PathKind : std::uint8_t {
  kContext,
  kBlockParam,
  kRoot,
  kIndex,
  kKey,
  kFirst,
  kLast,
  kPartialBlock,
  kVariable,
};

/// A variable, as far as it is known before there is data.
struct Path {
  PathKind kind = PathKind::kContext;
  bool allow_absent = false;    ///< Under if, unless, default: not an error.
  bool marker = false;          ///< Its value is shown, so a marker can stand for it.
  bool null_is_object = false;  ///< `this` in a body of `if`: handlebars.js puts {} for null.
  bool is_plain = false;        ///< One name in the context, nothing else to know.
  bool walks_contexts = false;  ///< [compat]
  std::uint32_t depth = 0;      ///< How many `../`; of a block parameter, how many levels out.
  std::uint32_t slot = 0;       ///< Of a block parameter: which.
  std::uint32_t first_part = 0;
  std::uint32_t part_count = 0;
  std::string_view text;    ///< As written.
  std::string_view marked;  ///< `[missing: text]`.
};

/// One `{{> …}}`. Its operands: the name if it is dynamic, the context, the values of the hash.
struct PartialCall {
  std::string_view name;
  std::string_view indent;
  bool is_dynamic = false;
  bool has_block = false;
  std::uint32_t first_name = 0;  ///< Of the hash.
  std::uint32_t name_count = 0;
  std::uint32_t block = 0;  ///< Where the body of the block begins.
  std::uint32_t first_inline = 0;
  std::uint32_t inline_count = 0;
};

struct InlinePartial {
  std::string_view name;
  std::uint32_t start = 0;
};

/// A compiled template. The views point into `arena`; nothing changes once it is made.
struct Program {
  std::string name;
  std::string text;     ///< What `kText` writes.
  bool compat = false;  ///< Its partials see the contexts around them.
  Arena arena{std::size_t{64} << 20U};
  std::vector<Instruction> code;
  std::vector<Position> positions;  ///< One for each instruction.
  std::vector<Path> paths;
  std::vector<Name> parts;
  std::vector<Value> literals;
  std::vector<std::string_view> names;
  std::vector<const Helper*> helpers;       ///< One for each call.
  std::vector<std::uint32_t> helper_names;  ///< Where in `names` the call's own begin.
  std::vector<PartialCall> partial_calls;
  std::vector<InlinePartial> inlines;
  std::vector<PartialReference> partials;
};

/// How many values may wait as arguments at once.
inline constexpr std::size_t kMaxOperands = 128;

}  // namespace notify::template_engine
