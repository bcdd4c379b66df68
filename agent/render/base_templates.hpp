#pragma once

#include <map>
#include <string>

#include "agent/async/file.hpp"
#include "agent/render/stored_template.hpp"

namespace notify::agent::render {

/// The templates that come with the program, under those of every tenant.
struct BaseTemplates {
  std::map<std::string, StoredTemplate, std::less<>> templates;  ///< By id, version 0.
  template_engine::TemplateFiles partials;                       ///< By name.
};

/// Reads `folder` (`templates_dir`): a folder for each template, `partials/` and `layouts/` for
/// what they share. A folder that is not there holds none.
///
/// kInvalidTemplate  a template that cannot be read; names its file.
Result<BaseTemplates> LoadBaseTemplates(async::FileSystem& files, const std::string& folder);

}  // namespace notify::agent::render
