#include "agent/render/stored_template.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/model/object_reader.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::render {
namespace {

constexpr std::size_t kMostFiles = 32;
constexpr std::size_t kMostBytes = 256 * 1024;

void ReadFiles(ObjectReader& reader, const nlohmann::json& files, StoredTemplate& stored) {
  if (!files.is_object() || files.empty() || files.size() > kMostFiles) {
    reader.Refuse("files", "must have 1 to 32 files");
    return;
  }
  std::size_t bytes = 0;
  for (const auto& [name, text] : files.items()) {
    if (!text.is_string()) {
      reader.Refuse("files", "must hold the text of each file");
      return;
    }
    stored.files[name] = text.get<std::string>();
    bytes += stored.files[name].size();
  }
  if (bytes > kMostBytes) reader.Refuse("files", "must have at most 256 KiB together");
}

}  // namespace

bool IsTemplateId(std::string_view text) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !text.empty() && text.size() <= 64 && plain(text.front()) &&
         std::ranges::all_of(text,
                             [&](char c) { return plain(c) || c == '.' || c == '_' || c == '-'; });
}

Result<StoredTemplate> ParseTemplate(std::string_view text, std::string_view id) {
  const auto body = ParseJsonObject(text);
  if (!body) return body.error();
  std::vector<FieldError> errors;
  ObjectReader reader(*body, "", errors);
  StoredTemplate stored;
  stored.id = reader.Text("id", std::string(id));
  if (!IsTemplateId(stored.id)) {
    reader.Refuse("id", "must be 1 to 64 of a-z, 0-9, dot, underscore and hyphen");
  } else if (!id.empty() && stored.id != id) {
    reader.Refuse("id", "is not the one in the path");
  }
  stored.name = reader.Text("name", stored.id);
  // An empty description is shown, so it must be readable.
  if (const nlohmann::json* member = reader.Optional("description"); member && *member != "") {
    stored.description = reader.Text("description", {}, 1024);
  }
  stored.active = reader.Flag("active", true);
  if (const nlohmann::json* files = reader.Required("files")) ReadFiles(reader, *files, stored);
  for (const auto* ignored : {"version", "shipped", "createdAt", "updatedAt"}) {
    static_cast<void>(reader.Optional(ignored));
  }
  reader.RefuseOthers();
  if (auto status = RefuseIfAny(std::move(errors)); !status) return status.error();
  return stored;
}

std::string TemplateJson(const StoredTemplate& stored) {
  const auto time = [](std::int64_t ms) -> nlohmann::ordered_json {
    if (ms == 0) return nullptr;
    std::string text;
    AppendRfc3339(text, ms);
    return text;
  };
  const nlohmann::ordered_json shown = {{"id", stored.id},
                                        {"name", stored.name},
                                        {"description", stored.description},
                                        {"version", stored.version},
                                        {"shipped", stored.version == 0},
                                        {"files", stored.files},
                                        {"active", stored.active},
                                        {"createdAt", time(stored.created_ms)},
                                        {"updatedAt", time(stored.updated_ms)}};
  return shown.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace notify::agent::render
