#include "cli/value.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "common/json_text.hpp"

namespace notify::cli {
namespace {

void NewLine(std::string& out, int indent) {
  if (indent < 0) return;
  out += '\n';
  out.append(static_cast<std::size_t>(indent) * 2, ' ');
}

}  // namespace

Value::Value(double value) : kind_(Kind::kNumber) {
  if (!std::isfinite(value)) {
    kind_ = Kind::kNull;
    return;
  }
  std::array<char, 64> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  text_.assign(digits.data(), end);
}

Value Value::Number(std::string digits) {
  Value number(Kind::kNumber);
  number.text_ = std::move(digits);
  return number;
}

Value& Value::Set(std::string_view key, Value value) {
  kind_ = Kind::kObject;
  const auto found = std::ranges::find(members_, key, &Member::first);
  if (found != members_.end()) {
    found->second = std::move(value);
  } else {
    members_.emplace_back(std::string(key), std::move(value));
  }
  return *this;
}

Value& Value::SetText(std::string_view key, const std::string& text) {
  return text.empty() ? *this : Set(key, text);
}

Value& Value::Append(std::string key, Value value) {
  kind_ = Kind::kObject;
  members_.emplace_back(std::move(key), std::move(value));
  return *this;
}

Value& Value::Add(Value value) {
  kind_ = Kind::kArray;
  items_.push_back(std::move(value));
  return *this;
}

void Value::Remove(std::string_view key) {
  std::erase_if(members_, [&](const Member& member) { return member.first == key; });
}

const Value* Value::Find(std::string_view key) const {
  for (auto member = members_.rbegin(); member != members_.rend(); ++member) {
    if (member->first == key) return &member->second;
  }
  return nullptr;
}

const Value* Value::At(std::string_view path) const {
  if (const auto* whole = Find(path)) return whole;
  for (auto dot = path.rfind('.'); dot != std::string_view::npos && dot > 0;
       dot = path.rfind('.', dot - 1)) {
    const auto* head = Find(path.substr(0, dot));
    if (head == nullptr) continue;
    if (const auto* rest = head->At(path.substr(dot + 1))) return rest;
  }
  return nullptr;
}

std::string Value::Text() const {
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

std::string Value::Text(std::string_view path) const {
  const auto* found = At(path);
  return found == nullptr ? std::string{} : found->Text();
}

std::optional<std::int64_t> Value::Integer(std::string_view path) const {
  const auto* found = At(path);
  if (found == nullptr || found->kind_ != Kind::kNumber) return std::nullopt;
  std::int64_t value = 0;
  const auto* const end = found->text_.data() + found->text_.size();
  const auto parsed = std::from_chars(found->text_.data(), end, value);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return value;
}

bool Value::IsTrue(std::string_view path) const {
  const auto* found = At(path);
  return found != nullptr && found->kind_ == Kind::kBool && found->text_ == "true";
}

void Value::Write(std::string& out, int indent) const {
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

std::string Value::Compact() const {
  std::string out;
  Write(out, -1);
  return out;
}

std::string Value::Pretty() const {
  std::string out;
  Write(out, 0);
  return out;
}

}  // namespace notify::cli
