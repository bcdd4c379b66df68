#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "common/template_engine/template_error.hpp"

namespace notify::template_engine {

struct Call;

/// A path, a literal, or a call in parentheses.
struct Expression {
  enum class Type : std::uint8_t { kPath, kString, kNumber, kBool, kUndefined, kNull, kCall };
  Type type = Type::kPath;
  Position position;
  std::string_view text;  ///< The text of a literal; a path as written, without brackets.
  double number = 0;
  bool boolean = false;
  // Of a path:
  bool data = false;        ///< Begins with @.
  std::uint32_t depth = 0;  ///< How many `../`.
  std::vector<std::string_view> parts;
  std::unique_ptr<Call> call;  ///< Of a call.
};

/// `callee params… name=value…`.
struct Call {
  Expression callee;
  std::vector<Expression> params;
  std::vector<std::pair<std::string_view, Expression>> hash;
};

/// Whether `~` stands at the opening and at the closing side of a tag.
struct Strip {
  bool open = false;
  bool close = false;
};

struct Statement;

/// The statements between two tags.
struct Body {
  std::vector<Statement> statements;
  std::vector<std::string_view> block_params;
  bool chained = false;  ///< It is the one block of an `{{else if …}}`.
};

struct Statement {
  enum class Type : std::uint8_t {
    kContent,
    kComment,
    kMustache,
    kDecorator,
    kBlock,
    kDecoratorBlock,
    kPartial,
    kPartialBlock,
  };
  Type type = Type::kContent;
  Position position;

  // Content: what stands in the file, and what whitespace control leaves of it.
  std::string_view original;
  std::string_view value;
  bool left_stripped = false;
  bool right_stripped = false;

  Call call;  ///< Of everything else; of a partial, the callee is its name.
  bool escaped = true;
  Strip strip;  ///< Of a tag that stands alone; of a block, its opening tag.
  Strip inverse_strip;
  Strip close_strip;
  std::string_view indent;  ///< Of a partial on a line of its own.
  std::unique_ptr<Body> program;
  std::unique_ptr<Body> inverse;
};

}  // namespace notify::template_engine
