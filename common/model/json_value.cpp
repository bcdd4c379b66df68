#include "common/model/json_value.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "common/json_text.hpp"
#include "common/model/json_pointer.hpp"

namespace notify {
namespace {

void NewLine(std::string& out, int indent) {
  if (indent < 0) return;
  out += '\n';
  out.append(static_cast<std::size_t>(indent) * 2, ' ');
}

}  // namespace

JsonValue::JsonValue(double value) : kind_(Kind::kNumber) {
  if (!std::isfinite(value)) {
    kind_ = Kind::kNull;
    return;
  }
  std::array<char, 64> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  text_.assign(digits.data(), end);
}

JsonValue JsonValue::Number(std::string digits) {
  JsonValue number(Kind::kNumber);
  number.text_ = std::move(digits);
  return number;
}

JsonValue& JsonValue::Set(std::string_view key, JsonValue value) {
  kind_ = Kind::kObject;
  const auto found = std::ranges::find(members_, key, &Member::first);
  if (found != members_.end()) {
    found->second = std::move(value);
  } else {
    members_.emplace_back(std::string(key), std::move(value));
  }
  return *this;
}

JsonValue& JsonValue::SetText(std::string_view key, const std::string& text) {
  return text.empty() ? *this : Set(key, text);
}

JsonValue& JsonValue::Append(std::string key, JsonValue value) {
  kind_ = Kind::kObject;
  members_.emplace_back(std::move(key), std::move(value));
  return *this;
}

JsonValue& JsonValue::Add(JsonValue value) {
  kind_ = Kind::kArray;
  items_.push_back(std::move(value));
  return *this;
}

void JsonValue::Remove(std::string_view key) {
  std::erase_if(members_, [&](const Member& member) { return member.first == key; });
}

const JsonValue* JsonValue::Find(std::string_view key) const {
  for (auto member = members_.rbegin(); member != members_.rend(); ++member) {
    if (member->first == key) return &member->second;
  }
  return nullptr;
}

JsonValue* JsonValue::Find(std::string_view key) {
  return const_cast<JsonValue*>(std::as_const(*this).Find(key));
}

const JsonValue* JsonValue::Follow(std::span<const std::string> tokens) const {
  const JsonValue* value = this;
  for (const std::string& token : tokens) {
    if (value->is_array()) {
      const auto index = ElementIndex(token);
      value = index && *index < value->items_.size() ? &value->items_[*index] : nullptr;
    } else {
      value = value->Find(token);
    }
    if (value == nullptr) return nullptr;
  }
  return value;
}

const JsonValue* JsonValue::At(std::string_view path) const {
  if (const auto* whole = Find(path)) return whole;
  for (auto dot = path.rfind('.'); dot != std::string_view::npos && dot > 0;
       dot = path.rfind('.', dot - 1)) {
    const auto* head = Find(path.substr(0, dot));
    if (head == nullptr) continue;
    if (const auto* rest = head->At(path.substr(dot + 1))) return rest;
  }
  return nullptr;
}

std::string JsonValue::Text() const {
  switch (kind_) {
    case Kind::kNull:
      return {};
    case Kind::kBool:
    case Kind::kNumber:
    case Kind::kString:
      return text_;
    case Kind::kArray:
    case Kind::kObject:
      return Compact();
  }
  return {};
}

std::string JsonValue::Text(std::string_view path) const {
  const auto* found = At(path);
  return found == nullptr ? std::string{} : found->Text();
}

std::optional<std::int64_t> JsonValue::Integer(std::string_view path) const {
  const auto* found = At(path);
  if (found == nullptr || found->kind_ != Kind::kNumber) return std::nullopt;
  std::int64_t value = 0;
  const auto* const end = found->text_.data() + found->text_.size();
  const auto parsed = std::from_chars(found->text_.data(), end, value);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return value;
}

bool JsonValue::IsTrue(std::string_view path) const {
  const auto* found = At(path);
  return found != nullptr && found->kind_ == Kind::kBool && found->text_ == "true";
}

void JsonValue::Write(std::string& out, int indent) const {
  const int inner = indent < 0 ? -1 : indent + 1;
  switch (kind_) {
    case Kind::kNull:
      out += "null";
      return;
    case Kind::kBool:
    case Kind::kNumber:
      out += text_;
      return;
    case Kind::kString:
      AppendJsonString(out, text_);
      return;
    case Kind::kArray:
      out += '[';
      for (std::size_t i = 0; i < items_.size(); ++i) {
        if (i != 0) out += ',';
        NewLine(out, inner);
        items_[i].Write(out, inner);
      }
      if (!items_.empty()) NewLine(out, indent);
      out += ']';
      return;
    case Kind::kObject:
      out += '{';
      for (std::size_t i = 0; i < members_.size(); ++i) {
        if (i != 0) out += ',';
        NewLine(out, inner);
        AppendJsonString(out, members_[i].first);
        out += indent < 0 ? ":" : ": ";
        members_[i].second.Write(out, inner);
      }
      if (!members_.empty()) NewLine(out, indent);
      out += '}';
      return;
  }
}

std::string JsonValue::Compact() const {
  std::string out;
  Write(out, -1);
  return out;
}

std::string JsonValue::Pretty() const {
  std::string out;
  Write(out, 0);
  return out;
}

}  // namespace notify
