#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result.hpp"
#include "common/template_engine/notification_template.hpp"

namespace notify::agent::render {

/// A template as it is kept and shown (docs/http_api.md).
struct StoredTemplate {
  std::string id;
  std::string name;
  std::string description;
  std::int64_t version = 0;  ///< From 1; 0 for those that come with the program.
  template_engine::TemplateFiles files;
  bool active = true;
  std::int64_t created_ms = 0;
  std::int64_t updated_ms = 0;
};

/// Reads a template from a request's body; `id` is the path's, or empty. `version`, `shipped` and
/// the times are accepted and ignored. The files are not compiled.
///
/// kInvalidJson      not a JSON object.
/// kInvalidArgument  with a pointer for each mistake; unknown members are mistakes.
Result<StoredTemplate> ParseTemplate(std::string_view json, std::string_view id);

/// The template as the API shows it.
std::string TemplateJson(const StoredTemplate& stored);

/// Whether `text` can name a template: `[a-z0-9][a-z0-9._-]{0,63}`.
bool IsTemplateId(std::string_view text);

}  // namespace notify::agent::render
