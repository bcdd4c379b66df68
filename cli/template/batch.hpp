#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/template_engine/template.hpp"

namespace notify::cli::templates {

/// Answers one line of `template render --batch`: `{template, data, partials?, options?}`, options
/// by handlebars.js' names (noEscape, strict, compat, preventIndent, ignoreStandalone,
/// explicitPartialContext, assumeObjects, data) besides `missing` and `escape`. Gives `{"output"}`
/// or
/// `{"error": {code, line, column, detail}}`; never fails.
std::string AnswerLine(std::string_view line, template_engine::Missing missing);

/// `html`, `json`, `yaml` or `none`.
std::optional<template_engine::Escape> ParseEscape(std::string_view name);

}  // namespace notify::cli::templates
