#include "cli/template/batch.hpp"

#include "cli/template/data.hpp"
#include "cli/value.hpp"

namespace notify::cli::templates {
namespace {

namespace engine = template_engine;

engine::TemplateError Wrong(Errc code, std::string detail) {
  engine::TemplateError error;
  error.code = code;
  error.detail = std::move(detail);
  return error;
}

std::string ErrorLine(const engine::TemplateError& error) {
  auto inner = Value::Object();
  inner.Set("code", Describe(error.code).name)
      .Set("line", error.line)
      .Set("column", error.column)
      .Set("detail", error.detail);
  inner.SetText("template", error.template_name).SetText("hint", error.hint);
  return Value::Object().Set("error", std::move(inner)).Compact();
}

engine::CompileOptions CompileOptionsOf(const Value& options) {
  engine::CompileOptions compile;
  compile.prevent_indent = options.IsTrue("preventIndent");
  compile.ignore_standalone = options.IsTrue("ignoreStandalone");
  compile.explicit_partial_context = options.IsTrue("explicitPartialContext");
  compile.compat = options.IsTrue("compat");
  return compile;
}

engine::TemplateResult<engine::RenderOptions> RenderOptionsOf(const Value& options,
                                                              engine::Missing missing) {
  engine::RenderOptions render;
  render.missing = missing;
  render.assume_objects = options.IsTrue("assumeObjects");
  if (options.IsTrue("noEscape")) render.escape = engine::Escape::kNone;
  if (options.IsTrue("strict")) render.missing = engine::Missing::kError;
  if (const auto name = options.Text("escape"); !name.empty()) {
    const auto escape = ParseEscape(name);
    if (!escape) return tl::unexpected(Wrong(Errc::kInvalidArgument, "unknown escape " + name));
    render.escape = *escape;
  }
  if (const auto how = options.Text("missing"); !how.empty()) {
    const auto parsed = ParseMissing(how);
    if (!parsed) return tl::unexpected(Wrong(Errc::kInvalidArgument, "unknown missing " + how));
    render.missing = *parsed;
  }
  return render;
}

engine::TemplateResult<engine::Partials> PartialsOf(const Value& request,
                                                    const engine::CompileOptions& compile) {
  engine::Partials partials;
  const auto* given = request.Find("partials");
  if (given == nullptr) return partials;
  for (const auto& [name, text] : given->members()) {
    auto compiled = engine::Template::Compile(text.Text(), name, compile);
    if (!compiled) return tl::unexpected(compiled.error());
    partials.insert_or_assign(name, std::move(*compiled));
  }
  return partials;
}

engine::TemplateResult<engine::Data> DataOf(const Value* value) {
  auto data = engine::Data::Parse(value == nullptr ? "null" : value->Compact());
  if (!data) return tl::unexpected(Wrong(data.error().code, data.error().detail));
  return std::move(*data);
}

engine::TemplateResult<std::string> Answer(const Value& request, engine::Missing missing) {
  const auto* source = request.Find("template");
  if (source == nullptr || !source->is_string()) {
    return tl::unexpected(Wrong(Errc::kInvalidArgument, "the request has no `template`"));
  }
  static const Value kNone;
  const auto* given = request.Find("options");
  const Value& options = given == nullptr ? kNone : *given;
  const auto compile = CompileOptionsOf(options);
  auto render = RenderOptionsOf(options, missing);
  if (!render) return tl::unexpected(render.error());
  const auto partials = PartialsOf(request, compile);
  if (!partials) return tl::unexpected(partials.error());
  const auto data = DataOf(request.Find("data"));
  if (!data) return tl::unexpected(data.error());
  const auto variables = DataOf(options.Find("data"));
  if (!variables) return tl::unexpected(variables.error());
  const auto compiled = engine::Template::Compile(source->Text(), "template", compile);
  if (!compiled) return tl::unexpected(compiled.error());
  render->partials = &*partials;
  const auto* more = options.Find("data");
  if (more != nullptr && more->is_object()) render->variables = variables->value();
  std::string text;
  const auto rendered = engine::Render(*compiled, data->value(), *render, text);
  if (!rendered) return tl::unexpected(rendered.error());
  return text;
}

}  // namespace

std::optional<engine::Escape> ParseEscape(std::string_view name) {
  if (name == "html") return engine::Escape::kHtml;
  if (name == "json") return engine::Escape::kJson;
  if (name == "yaml") return engine::Escape::kYaml;
  if (name == "none") return engine::Escape::kNone;
  return std::nullopt;
}

std::string AnswerLine(std::string_view line, engine::Missing missing) {
  const auto request = Value::Parse(line);
  if (!request) return ErrorLine(Wrong(request.error().code, request.error().detail));
  const auto answer = Answer(*request, missing);
  if (!answer) return ErrorLine(answer.error());
  return Value::Object().Set("output", *answer).Compact();
}

}  // namespace notify::cli::templates
