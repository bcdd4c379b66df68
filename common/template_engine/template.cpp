#include "common/template_engine/template.hpp"

#include "common/template_engine/code_generator.hpp"
#include "common/template_engine/parser.hpp"
#include "common/template_engine/program.hpp"

namespace notify::template_engine {

TemplateResult<Template> Template::Compile(std::string_view source, std::string name,
                                           const CompileOptions& options) {
  const auto named = [&](TemplateError error) {
    error.template_name = name;
    return tl::unexpected(std::move(error));
  };
  if (source.size() > options.max_source_bytes) {
    TemplateError error;
    error.detail =
        "the template is larger than " + std::to_string(options.max_source_bytes) + " bytes";
    error.hint = "split it into partials";
    return named(std::move(error));
  }
  Arena arena(std::size_t{64} << 20U);
  auto root = Parse(source, arena);
  if (!root) return named(std::move(root.error()));
  ControlWhitespace(*root, options.ignore_standalone);
  auto program = Generator(name, options).Run(*root);
  if (!program) return named(std::move(program.error()));
  return Template(std::move(*program));
}

const std::string& Template::name() const { return program_->name; }

const std::vector<PartialReference>& Template::partials() const { return program_->partials; }

std::vector<std::string_view> Template::inline_partials() const {
  std::vector<std::string_view> names;
  for (const InlinePartial& partial : program_->inlines) names.push_back(partial.name);
  return names;
}

}  // namespace notify::template_engine
