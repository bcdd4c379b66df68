#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/template_engine/escape.hpp"
#include "common/template_engine/helper.hpp"
#include "common/template_engine/template_error.hpp"
#include "common/template_engine/value.hpp"

namespace notify::template_engine {

struct Program;

/// How a template is read. The names of handlebars.js are in brackets.
struct CompileOptions {
  bool prevent_indent = false;            ///< [preventIndent] Partials keep their own indent.
  bool ignore_standalone = false;         ///< [ignoreStandalone] Lines with only a tag stay.
  bool explicit_partial_context = false;  ///< [explicitPartialContext]
  bool compat = false;                    ///< [compat] Mustache's lookup through all contexts.
  std::span<const Helper> helpers = BuiltinHelpers();  ///< Must outlive the template.
  std::size_t max_source_bytes = std::size_t{1} << 20U;
};

/// A partial that a template names.
struct PartialReference {
  std::string name;
  Position position;
  bool has_fallback = false;  ///< `{{#> name}}…{{/name}}` shows its body when there is none.
};

/// A compiled template: a flat program. Cheap to copy.
///
/// Lifetime: shares its program; copies may outlive each other. The helpers must outlive it.
/// Threads:  immutable, any thread, any number of renders at once.
class Template {
 public:
  /// `name` stands in errors. `source` is not needed after the call.
  ///
  /// kInvalidTemplate  with line and column: syntax, an unknown helper, a wrong count of
  ///                   arguments, nesting beyond 128, a source longer than the limit.
  static TemplateResult<Template> Compile(std::string_view source, std::string name,
                                          const CompileOptions& options = {});

  const std::string& name() const;
  /// The partials that it names, in the order of the text; dynamic ones are not known.
  const std::vector<PartialReference>& partials() const;
  /// The names of the inline partials that it holds.
  std::vector<std::string_view> inline_partials() const;

 private:
  friend TemplateResult<void> Render(const Template& root, const Value& data,
                                     const struct RenderOptions& options, std::string& out);
  friend class Interpreter;
  explicit Template(std::shared_ptr<const Program> program) : program_(std::move(program)) {}

  // Shared by the copies of one template: a registry and the renders that still use it.
  std::shared_ptr<const Program> program_;
};

/// Templates by the name that `{{> name}}` uses.
using Partials = std::map<std::string, Template, std::less<>>;

/// What a render does with a variable that the data does not have.
enum class Missing {
  kError,   ///< Fails, with place and nearest name.
  kMarker,  ///< Writes `[missing: name]`.
  kEmpty,   ///< Writes nothing, as handlebars.js.
};

/// What one render may take. Past any of them it fails with kTemplateData.
struct Limits {
  std::size_t output_bytes = std::size_t{4} << 20U;
  std::size_t steps = 500'000;                        ///< Instructions and bytes worked on.
  std::size_t scratch_bytes = std::size_t{8} << 20U;  ///< Texts and objects that helpers make.
  int depth = 256;         ///< Blocks and partials that are open at once.
  int partial_depth = 64;  ///< Partials that are open at once.
};

struct RenderOptions {
  Escape escape = Escape::kHtml;  ///< kNone is [noEscape].
  Missing missing = Missing::kError;
  bool assume_objects = false;         ///< [assumeObjects] A name under nothing is an error.
  const Partials* partials = nullptr;  ///< Must outlive the call.
  Value variables;                     ///< More `@names`: an object, or undefined.
  Limits limits;
};

/// Renders `root` over `data` and appends the text to `out`, which on failure is as it was.
/// A warm `out` and a small template take no memory from the heap. Threads: any.
///
/// kTemplateData  an unknown variable or partial, a helper's refusal, a limit.
TemplateResult<void> Render(const Template& root, const Value& data, const RenderOptions& options,
                            std::string& out);

}  // namespace notify::template_engine
