#include "agent/render/base_templates.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace notify::agent::render {
namespace {

constexpr std::uint64_t kLongestFile = 256 * 1024;

bool IsTemplateFile(std::string_view name) {
  return name.ends_with(".hbs") || name == "template.yaml";
}

// The files right in `folder`; a name without one of our endings is not ours.
Result<template_engine::TemplateFiles> ReadFolder(async::FileSystem& files,
                                                  const std::string& folder) {
  template_engine::TemplateFiles texts;
  auto names = files.List(folder);
  if (!names) return texts;
  for (const std::string& name : *names) {
    if (!IsTemplateFile(name)) continue;
    auto text = files.ReadAll(folder + "/" + name, kLongestFile);
    if (!text)
      return Fail(Errc::kInvalidTemplate, folder + "/" + name + ": " + text.error().detail);
    texts[name] = std::move(*text);
  }
  return texts;
}

Status AddPartials(async::FileSystem& files, const std::string& folder, BaseTemplates& base) {
  auto texts = ReadFolder(files, folder);
  if (!texts) return texts.error();
  for (auto& [file, text] : *texts) base.partials[file.substr(0, file.find('.'))] = std::move(text);
  return {};
}

Status AddTemplate(const std::string& folder, template_engine::TemplateFiles texts,
                   BaseTemplates& base) {
  const auto about = texts.find("template.yaml");
  if (about == texts.end()) return {};
  const auto parsed = template_engine::ParseTemplateAbout(about->second);
  if (!parsed) {
    Error error = parsed.error().ToError();
    error.detail = folder + "/" + error.detail;
    return error;
  }
  StoredTemplate stored;
  stored.id = parsed->id;
  stored.name = parsed->name;
  stored.description = parsed->description;
  stored.files = std::move(texts);
  base.templates[stored.id] = std::move(stored);
  return {};
}

}  // namespace

Result<BaseTemplates> LoadBaseTemplates(async::FileSystem& files, const std::string& folder) {
  BaseTemplates base;
  auto names = files.List(folder);
  if (!names) return base;
  std::ranges::sort(*names);
  for (const std::string& name : *names) {
    const std::string path = folder + "/" + name;
    Status added;
    if (name == "partials" || name == "layouts") {
      added = AddPartials(files, path, base);
    } else if (auto texts = ReadFolder(files, path)) {
      added = AddTemplate(path, std::move(*texts), base);
    } else {
      added = texts.error();
    }
    if (!added) return added.error();
  }
  return base;
}

}  // namespace notify::agent::render
