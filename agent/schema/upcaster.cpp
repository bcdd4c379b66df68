#include "agent/schema/upcaster.hpp"

#include <utility>

#include "common/json_text.hpp"
#include "common/model/object_reader.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::schema {

Result<Upcaster> Upcaster::Compile(std::string_view text) {
  if (text.size() > kMostBytes) {
    return Fail(Errc::kInvalidArgument, "An upcaster has at most 64 KiB.");
  }
  const auto document = JsonValue::Parse(text);
  if (!document) return document.error();
  std::vector<FieldError> errors;
  Upcaster upcaster;
  const JsonValue* patch = document->Find("patch");
  const JsonValue* merge = document->Find("merge");
  if ((patch == nullptr) == (merge == nullptr)) {
    errors.push_back({"", "must have either 'patch' (RFC 6902) or 'merge' (RFC 7396)", 0});
  } else if (patch != nullptr) {
    upcaster.patch_ = JsonPatch::Parse(*patch, "/patch", errors);
  } else if (!merge->is_object()) {
    errors.push_back({"/merge", "must be an object", 0});
  } else {
    upcaster.merge_ = *merge;
  }
  for (const auto& [name, value] : document->members()) {
    if (name != "patch" && name != "merge") {
      errors.push_back({"/" + name, "is not known; there are patch and merge", 0});
    }
  }
  if (auto refused = RefuseIfAny(std::move(errors)); !refused) return refused.error();
  return upcaster;
}

Status Upcaster::Apply(JsonValue& data) const {
  if (patch_) return patch_->Apply(data);
  MergePatch(data, merge_);
  return {};
}

std::string UpcasterJson(const StoredUpcaster& upcaster, std::uint64_t failed) {
  JsonValue shown = JsonValue::Object();
  shown.Set("type", upcaster.type).Set("from", upcaster.from).Set("to", upcaster.from + 1);
  if (const auto text = JsonValue::Parse(upcaster.text)) {
    for (const auto& [name, value] : text->members()) shown.Set(name, value);
  }
  std::string created;
  AppendRfc3339(created, upcaster.created_ms);
  shown.Set("createdAt", created).Set("failed", failed);
  return shown.Compact();
}

}  // namespace notify::agent::schema
