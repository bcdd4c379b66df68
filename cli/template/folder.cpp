#include "cli/template/folder.hpp"

#include <algorithm>
#include <filesystem>

#include "cli/files.hpp"

namespace notify::cli::templates {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".hbs";

Error NoFolder(const std::string& path) {
  return Fail(Errc::kNotFound, "There is no template folder " + path + ".",
              "notifyctl init makes one to begin with");
}

Status ReadInto(const fs::path& path, const std::string& name,
                template_engine::TemplateFiles& files) {
  auto text = ReadFile(path.string());
  if (!text) return std::move(text.error());
  files.emplace(name, std::move(*text));
  return {};
}

Result<template_engine::TemplateFiles> ReadOwnFiles(const std::string& folder) {
  template_engine::TemplateFiles files;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder, failed)) {
    const auto name = entry.path().filename().string();
    if (!entry.is_regular_file(failed) || name.starts_with('.')) continue;
    auto read = ReadInto(entry.path(), name, files);
    if (!read) return std::move(read.error());
  }
  if (failed) return NoFolder(folder);
  return files;
}

Result<template_engine::TemplateFiles> PartialsOf(const std::string& folder,
                                                  const std::string& partials) {
  if (!partials.empty()) return ReadPartials(partials);
  template_engine::TemplateFiles all;
  const auto beside = fs::path(folder).lexically_normal().parent_path();
  std::error_code failed;
  for (const auto* name : {"partials", "layouts"}) {
    const auto path = (beside / name).string();
    if (!fs::is_directory(path, failed)) continue;
    auto read = ReadPartials(path);
    if (!read) return read;
    all.merge(*read);
  }
  return all;
}

}  // namespace

Result<template_engine::TemplateFiles> ReadPartials(const std::string& folder) {
  template_engine::TemplateFiles files;
  std::error_code failed;
  for (const auto& entry : fs::recursive_directory_iterator(folder, failed)) {
    auto name = entry.path().lexically_relative(folder).string();
    if (!name.ends_with(kEnding)) continue;
    name.resize(name.size() - kEnding.size());
    auto read = ReadInto(entry.path(), name, files);
    if (!read) return std::move(read.error());
  }
  if (failed) return Fail(Errc::kNotFound, "There is no folder " + folder + ".");
  return files;
}

Result<Folder> LoadFolder(const std::string& path, const std::string& partials) {
  auto trimmed = path;
  while (trimmed.size() > 1 && trimmed.ends_with('/')) trimmed.pop_back();
  auto files = ReadOwnFiles(trimmed);
  if (!files) return std::move(files.error());
  auto shared = PartialsOf(trimmed, partials);
  if (!shared) return std::move(shared.error());
  auto compiled = template_engine::NotificationTemplate::Compile(*files, *shared);
  if (!compiled) return compiled.error().ToError();
  const auto& about = compiled->about();
  return Folder{.id = about.id,
                .name = about.name,
                .description = about.description,
                .files = std::move(*files),
                .compiled = std::move(*compiled)};
}

}  // namespace notify::cli::templates
