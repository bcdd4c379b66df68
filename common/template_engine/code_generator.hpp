#pragma once

#include <memory>
#include <string>

#include "common/template_engine/ast.hpp"
#include "common/template_engine/program.hpp"

namespace notify::template_engine {

/// Turns a parsed template, whitespace control applied, into a program that keeps nothing of it.
///
/// kInvalidTemplate  unknown helper, wrong count of arguments, a decorator other than `inline`.
TemplateResult<std::shared_ptr<const Program>> Generate(const Body& root, std::string name,
                                                        const CompileOptions& options);

}  // namespace notify::template_engine
