#include "common/template_engine/value.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>

#include "common/template_engine/escape.hpp"

namespace notify::template_engine {

namespace {

std::optional<std::uint32_t> ParseIndex(std::string_view text) {
  if (text.empty() || text.size() > 10 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  std::uint32_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return index;
}

bool IsContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

// JavaScript counts UTF-16 units: one for a character, two for one outside the basic plane.
double Utf16Length(std::string_view text) {
  std::size_t units = 0;
  for (const char byte : text) {
    if (!IsContinuation(byte)) units += static_cast<unsigned char>(byte) >= 0xF0U ? 2 : 1;
  }
  return static_cast<double>(units);
}

Value CharacterAt(std::string_view text, std::uint32_t index) {
  std::size_t units = 0;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i + 1;
    while (end < text.size() && IsContinuation(text[end])) ++end;
    const bool pair = static_cast<unsigned char>(text[i]) >= 0xF0U;
    if (units == index) return Value::String(pair ? "\xEF\xBF\xBD" : text.substr(i, end - i));
    units += pair ? 2 : 1;
    if (units > index) return Value::String("\xEF\xBF\xBD");
    i = end;
  }
  return {};
}

// Few decimals, as amounts and rates have: `whole` / 10^n is exact to the last bit, so that text
// reads back as the same number, and below 2^50 no other of that length does.
bool AppendShort(double number, std::string& out) {
  const double size = std::abs(number);
  if (!(size < 1e9) || size < 1e-3) return false;
  double scale = 1;
  for (std::size_t decimals = 0; decimals <= 6; ++decimals, scale *= 10) {
    const double whole = std::nearbyint(size * scale);
    if (whole / scale != size) continue;
    char digits[24];
    const auto end =
        std::to_chars(digits, digits + sizeof digits, static_cast<std::uint64_t>(whole));
    const auto count = static_cast<std::size_t>(end.ptr - digits);
    if (number < 0) out += '-';
    const std::size_t before = count > decimals ? count - decimals : 0;
    out.append(digits, before);
    if (before == 0) out += '0';
    if (decimals > 0) {
      out += '.';
      out.append(decimals - (count - before), '0').append(digits + before, count - before);
    }
    return true;
  }
  return false;
}

double ToNumber(const Value& value) {
  if (value.kind() == Kind::kBool) return value.boolean() ? 1 : 0;
  if (value.kind() == Kind::kNumber) return value.number();
  const std::string_view text = value.text();
  if (text.empty()) return 0;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole ? number : std::nan("");
}

}  // namespace

Value Value::Array(std::span<const Value> items) {
  Value value;
  value.kind_ = Kind::kArray;
  value.size_ = static_cast<std::uint32_t>(items.size());
  value.items_ = items.data();
  return value;
}

Value Value::Object(std::span<const Member> members, bool indexed) {
  Value value;
  value.kind_ = Kind::kObject;
  value.indexed_ = indexed;
  value.size_ = static_cast<std::uint32_t>(members.size());
  value.members_ = members.data();
  return value;
}

Value Value::Safe() const {
  Value value = *this;
  value.safe_ = true;
  return value;
}

std::span<const Member> Value::members() const { return {members_, size_}; }

Value Value::Find(const Name& name) const {
  if (kind_ == Kind::kObject) {
    if (!indexed_) {
      for (std::uint32_t i = 0; i < size_; ++i) {
        if (members_[i].key == name) return members_[i].value;
      }
      return {};
    }
    const auto* order = reinterpret_cast<const std::uint32_t*>(members_ + size_);
    const auto* found = std::lower_bound(
        order, order + size_, name,
        [this](std::uint32_t at, const Name& key) { return members_[at].key < key; });
    const bool hit = found != order + size_ && members_[*found].key == name;
    return hit ? members_[*found].value : Value();
  }
  if (kind_ == Kind::kArray) {
    if (name.text() == "length") return Number(static_cast<double>(size_));
    const auto index = ParseIndex(name.text());
    return index && *index < size_ ? items_[*index] : Value();
  }
  if (kind_ == Kind::kString) {
    if (name.text() == "length") return Number(Utf16Length(text()));
    const auto index = ParseIndex(name.text());
    return index ? CharacterAt(text(), *index) : Value();
  }
  return {};
}

bool Value::IsTruthy() const {
  switch (kind_) {
    case Kind::kUndefined:
    case Kind::kNull:
      return false;
    case Kind::kBool:
      return bool_;
    case Kind::kNumber:
      return number_ != 0;
    case Kind::kString:
      return size_ != 0;
    case Kind::kArray:
    case Kind::kObject:
      return true;
  }
  return false;
}

bool Value::IsEmpty() const {
  if (kind_ == Kind::kNumber) return false;
  return !IsTruthy() || (kind_ == Kind::kArray && size_ == 0);
}

bool Value::Equals(const Value& other) const {
  if (kind_ != other.kind_) return false;
  switch (kind_) {
    case Kind::kUndefined:
    case Kind::kNull:
      return true;
    case Kind::kBool:
      return bool_ == other.bool_;
    case Kind::kNumber:
      return number_ == other.number_;
    case Kind::kString:
      return text() == other.text();
    case Kind::kArray:
      return items_ == other.items_;
    case Kind::kObject:
      return members_ == other.members_;
  }
  return false;
}

bool Value::LooselyEquals(const Value& other) const {
  if (kind_ == other.kind_) return Equals(other);
  if (is_nullish() || other.is_nullish()) return is_nullish() && other.is_nullish();
  if (kind_ >= Kind::kArray || other.kind_ >= Kind::kArray) return false;
  return ToNumber(*this) == ToNumber(other);
}

void Value::AppendText(std::string& out) const {
  switch (kind_) {
    case Kind::kUndefined:
    case Kind::kNull:
      return;
    case Kind::kBool:
      out += bool_ ? "true" : "false";
      return;
    case Kind::kNumber:
      AppendNumber(number_, out);
      return;
    case Kind::kString:
      out.append(text_, size_);
      return;
    case Kind::kArray:
      for (std::uint32_t i = 0; i < size_; ++i) {
        if (i != 0) out += ',';
        items_[i].AppendText(out);
      }
      return;
    case Kind::kObject:
      out += "[object Object]";
      return;
  }
}

// ECMA-262 Number::toString: the shortest digits, plain from 1e-6 up to below 1e21.
void AppendNumber(double number, std::string& out) {
  if (std::isnan(number)) {
    out += "NaN";
    return;
  }
  if (std::isinf(number)) {
    out += number < 0 ? "-Infinity" : "Infinity";
    return;
  }
  char buffer[32];
  if (AppendShort(number, out)) return;
  if (std::abs(number) < 9007199254740992.0 && number == std::trunc(number)) {
    const auto end =
        std::to_chars(buffer, buffer + sizeof buffer, static_cast<std::int64_t>(number));
    out.append(buffer, end.ptr);
    return;
  }
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::scientific);
  std::string_view text(buffer, static_cast<std::size_t>(end.ptr - buffer));
  if (text.front() == '-') {
    out += '-';
    text.remove_prefix(1);
  }
  const std::size_t e = text.find('e');
  int exponent = 0;
  const char* digits_of_exponent = text.data() + e + (text[e + 1] == '+' ? 2 : 1);
  std::from_chars(digits_of_exponent, text.data() + text.size(), exponent);
  char digits[24];
  std::size_t count = 0;
  for (const char c : text.substr(0, e)) {
    if (c != '.') digits[count++] = c;
  }
  const int point = exponent + 1;
  const int length = static_cast<int>(count);
  if (length <= point && point <= 21) {
    out.append(digits, count).append(static_cast<std::size_t>(point - length), '0');
  } else if (0 < point && point <= 21) {
    out.append(digits, static_cast<std::size_t>(point)) += '.';
    out.append(digits + point, static_cast<std::size_t>(length - point));
  } else if (-6 < point && point <= 0) {
    out.append("0.").append(static_cast<std::size_t>(-point), '0').append(digits, count);
  } else {
    out += digits[0];
    if (count > 1) (out += '.').append(digits + 1, count - 1);
    out += point - 1 < 0 ? "e-" : "e+";
    out += std::to_string(std::abs(point - 1));
  }
}

void AppendJson(const Value& value, std::string& out) {
  if (value.is_nullish()) {
    out += "null";
  } else if (value.kind() == Kind::kString) {
    out += '"';
    AppendEscaped(Escape::kJson, value.text(), out);
    out += '"';
  } else if (value.kind() == Kind::kArray) {
    out += '[';
    for (const Value& item : value.items()) {
      if (&item != value.items().data()) out += ',';
      AppendJson(item, out);
    }
    out += ']';
  } else if (value.kind() == Kind::kObject) {
    out += '{';
    for (const Member& member : value.members()) {
      if (&member != value.members().data()) out += ',';
      AppendJson(Value::String(member.key.text()), out);
      out += ':';
      AppendJson(member.value, out);
    }
    out += '}';
  } else {
    value.AppendText(out);
  }
}

}  // namespace notify::template_engine
