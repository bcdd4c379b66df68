#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "common/template_engine/arena.hpp"
#include "common/template_engine/escape.hpp"
#include "common/template_engine/value.hpp"

namespace notify::template_engine {

/// One call of a helper: what it was given, and where its text goes.
class HelperCall {
 public:
  HelperCall(std::span<const Value> args, std::span<const std::string_view> names,
             std::span<const Value> named, Scratch& scratch, std::string& out, Escape escape)
      : args_(args),
        names_(names),
        named_(named),
        scratch_(scratch),
        out_(out),
        start_(out.size()),
        escape_(escape) {}

  std::span<const Value> args() const { return args_; }
  /// The argument at `index`, undefined when there are fewer.
  Value Arg(std::size_t index) const { return index < args_.size() ? args_[index] : Value(); }
  /// The argument `name=…`, undefined when it is not given.
  Value Named(std::string_view name) const;
  /// What the template's output is escaped for.
  Escape escape() const { return escape_; }

  /// A buffer to append a text to, behind `start()`; `Text()` makes a value of it and takes it
  /// out again. (It is the output's own: a warm one takes no memory.)
  std::string& buffer() { return out_; }
  std::size_t start() const { return start_; }
  Value Text();

  /// Makes the render fail with that sentence.
  Value Fail(std::string detail);
  const std::string& failure() const { return failure_; }

 private:
  std::span<const Value> args_;
  std::span<const std::string_view> names_;
  std::span<const Value> named_;
  Scratch& scratch_;
  std::string& out_;
  std::size_t start_;
  Escape escape_;
  std::string failure_;
};

/// A function of the template language. It sees its arguments and nothing else: no data, no I/O.
struct Helper {
  static constexpr std::uint8_t kAny = 255;

  std::string_view name;
  Value (*function)(HelperCall& call);
  std::uint8_t min_args = 0;
  std::uint8_t max_args = kAny;
  bool allows_absent = false;  ///< Its arguments but the last may be unknown variables.
  bool is_condition = false;  ///< `{{#name …}}…{{else}}…{{/name}}` works as `{{#if (name …)}}`.
  std::string_view example;  ///< For the documentation: `template → output`.
};

/// The helpers that every template has, beside the ones of the language itself (if, unless, each,
/// with, lookup, log). A helper is only called when it has arguments: `{{title}}` is a variable.
std::span<const Helper> BuiltinHelpers();

}  // namespace notify::template_engine
