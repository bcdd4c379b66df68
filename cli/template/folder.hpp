#pragma once

#include <map>
#include <string>

#include "common/result.hpp"
#include "common/template_engine/notification_template.hpp"

namespace notify::cli::templates {

/// A template folder, read and compiled.
struct Folder {
  std::string id;
  std::string name;
  std::string description;
  template_engine::TemplateFiles files;  ///< Of the folder itself, not of those below it.
  template_engine::NotificationTemplate compiled;
};

/// Reads and compiles a folder with the partials in `partials` (empty: `partials` and `layouts`
/// beside the folder, where they are). kNotFound, or kInvalidTemplate with file, line and column.
Result<Folder> LoadFolder(const std::string& path, const std::string& partials);

/// The `.hbs` files below a folder by their path without the ending: what `{{> name}}` names.
/// kNotFound where there is no such folder.
Result<template_engine::TemplateFiles> ReadPartials(const std::string& folder);

}  // namespace notify::cli::templates
