#pragma once

#include <string>
#include <string_view>

#include "common/template_engine/data.hpp"
#include "common/template_engine/template.hpp"

namespace notify::template_engine::testing_support {

/// The text of a one-off render, or `!line:column detail (hint)`.
inline std::string Rendered(std::string_view source, std::string_view json = "{}",
                            const RenderOptions& options = {}, const CompileOptions& compile = {}) {
  const auto failure = [](const TemplateError& error) {
    std::string text =
        "!" + std::to_string(error.line) + ":" + std::to_string(error.column) + " " + error.detail;
    return error.hint.empty() ? text : text + " (" + error.hint + ")";
  };
  const auto compiled = Template::Compile(source, "t", compile);
  if (!compiled) return failure(compiled.error());
  const auto data = Data::Parse(json);
  if (!data) return "!" + data.error().detail;
  std::string out;
  const auto done = Render(*compiled, data->value(), options, out);
  return done ? out : failure(done.error());
}

/// Partials from pairs of name and text; all must compile.
inline Partials MakePartials(
    std::initializer_list<std::pair<std::string_view, std::string_view>> sources) {
  Partials partials;
  for (const auto& [name, source] : sources) {
    partials.emplace(name, Template::Compile(source, std::string(name)).value());
  }
  return partials;
}

}  // namespace notify::template_engine::testing_support
