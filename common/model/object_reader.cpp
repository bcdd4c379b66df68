#include "common/model/object_reader.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/model/json_pointer.hpp"

namespace notify {
namespace {

bool HasControl(const std::string& text) {
  return std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

constexpr int kDeepest = 64;

// Looked at before the document is built: what walks through it recurses.
bool IsTooDeep(std::string_view text) {
  int depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      in_text = !in_text;
    } else if (in_text) {
      if (c == '\\') ++i;
    } else if (c == '{' || c == '[') {
      if (++depth > kDeepest) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

}  // namespace

ObjectReader::ObjectReader(const nlohmann::json& value, std::string pointer,
                           std::vector<FieldError>& errors)
    : value_(value), pointer_(std::move(pointer)), errors_(errors) {
  if (!value_.is_object()) Refuse("", "must be a JSON object");
}

const nlohmann::json* ObjectReader::Find(std::string_view name) {
  known_.emplace_back(name);
  if (!value_.is_object()) return nullptr;
  const auto member = value_.find(known_.back());
  return member == value_.end() || member->is_null() ? nullptr : &*member;
}

const nlohmann::json* ObjectReader::Optional(std::string_view name) { return Find(name); }

const nlohmann::json* ObjectReader::Required(std::string_view name) {
  const nlohmann::json* member = Find(name);
  if (member == nullptr && value_.is_object()) Refuse(name, "is required");
  return member;
}

std::string ObjectReader::TextOf(const nlohmann::json& value, std::string_view name,
                                 std::size_t longest) {
  const auto* text = value.get_ptr<const std::string*>();
  if (text == nullptr) {
    Refuse(name, "must be a text");
  } else if (text->empty() || text->size() > longest) {
    Refuse(name, "must have 1 to " + std::to_string(longest) + " bytes");
  } else if (HasControl(*text)) {
    Refuse(name, "must not have control characters");
  } else {
    return *text;
  }
  return {};
}

std::string ObjectReader::Text(std::string_view name, std::string fallback, std::size_t longest) {
  const nlohmann::json* member = Find(name);
  return member == nullptr ? fallback : TextOf(*member, name, longest);
}

std::string ObjectReader::RequiredText(std::string_view name, std::size_t longest) {
  const nlohmann::json* member = Required(name);
  return member == nullptr ? std::string() : TextOf(*member, name, longest);
}

bool ObjectReader::Flag(std::string_view name, bool fallback) {
  const nlohmann::json* member = Find(name);
  if (member == nullptr) return fallback;
  if (const auto* flag = member->get_ptr<const bool*>()) return *flag;
  Refuse(name, "must be true or false");
  return fallback;
}

void ObjectReader::RefuseOthers() {
  if (!value_.is_object()) return;
  for (const auto& [name, member] : value_.items()) {
    if (std::ranges::find(known_, name) != known_.end()) continue;
    std::string names;
    for (const std::string& known : known_) names += (names.empty() ? "" : ", ") + known;
    Refuse(name, "is not known here; known are " + names);
  }
}

void ObjectReader::Refuse(std::string_view name, std::string detail) {
  errors_.push_back({.pointer = PointerTo(name), .detail = std::move(detail)});
}

std::string ObjectReader::PointerTo(std::string_view name) const {
  return name.empty() ? pointer_ : pointer_ + "/" + PointerToken(name);
}

Result<nlohmann::json> ParseJsonObject(std::string_view text) {
  if (IsTooDeep(text)) {
    return Fail(Errc::kJsonTooDeep, "The body is nested deeper than 64 levels.");
  }
  auto document = nlohmann::json::parse(text, nullptr, false);
  if (document.is_discarded()) return Fail(Errc::kInvalidJson, "The body is not valid JSON.");
  if (!document.is_object()) return Fail(Errc::kInvalidJson, "The body is not a JSON object.");
  return document;
}

Status RefuseIfAny(std::vector<FieldError> errors) {
  if (errors.empty()) return {};
  const FieldError& first = errors.front();
  Error error = Fail(Errc::kInvalidArgument, (first.pointer.empty() ? "The body" : first.pointer) +
                                                 " " + first.detail + ".");
  error.errors = std::move(errors);
  return error;
}

}  // namespace notify
